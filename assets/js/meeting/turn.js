// Turning a meeting's pages: keys, dots, swipes. The address names the page.

import { t } from "../core/page.js";
import { mark } from "../core/dom.js";
import { asked } from "../core/navigate.js";
import * as bar from "../core/replay_bar.js";
import * as replay from "../core/replay.js";
import { closePapers } from "./dialogs.js";

const SWIPE_PX = 60;
const INCIDENT = "incident";
const STEPS = { ",": "previous", ".": "next", w: "overdue", "shift+w": "back_overdue", a: "alert", "shift+a": "back_alert" };

let wall = null;

const names = () => [...wall.querySelectorAll("[data-turn]")].map(({ dataset }) => dataset.turn);
export const shownPage = () => wall.querySelector("[data-page]:not([hidden])").dataset.page;

/** A meeting is on the page. */
export function onMeeting(element) {
  wall = element;
  wall.querySelector(".contents").addEventListener("click", ({ target }) => {
    const button = target.closest("button");
    if (button?.dataset.turn) turnTo(button.dataset.turn);
    if (button?.dataset.turnBy) turnBy(button.dataset.turnBy === "next" ? 1 : -1);
  });
  for (const button of wall.querySelectorAll(".replay-bar [data-replay-go]")) {
    const key = `meeting.step.${button.dataset.replayGo}`;
    if (t(key) !== key) button.title = t(key);
  }
  swipes(wall.querySelector(".pages"));
  openBar();
}

function turnBy(step) {
  const all = names();
  turnTo(all[Math.min(all.length - 1, Math.max(0, all.indexOf(shownPage()) + step))]);
}

function turnTo(name) {
  if (!name || name === shownPage()) return;
  const left = shownPage();
  for (const page of wall.querySelectorAll("[data-page]")) page.hidden = page.dataset.page !== name;
  for (const button of wall.querySelectorAll("[data-turn]")) mark(button, "aria-current", button.dataset.turn === name ? "page" : "false");
  history.replaceState(history.state, "", `/meeting/${wall.dataset.wall}/${name}${location.search}`);
  if (left === INCIDENT && bar.isOpen()) bar.toggle();
  openBar();
  document.dispatchEvent(new Event("meeting:turned"));
}

/** An incident is looked at with the time machine. */
function openBar() {
  if (shownPage() === INCIDENT && !bar.isOpen() && asked("bar") !== "0") bar.toggle();
}

function swipes(host) {
  let from = null;
  host.addEventListener("pointerdown", (event) => (from = event.pointerType === "mouse" ? null : event));
  host.addEventListener("pointerup", (event) => {
    if (!from) return;
    const [dx, dy] = [event.clientX - from.clientX, event.clientY - from.clientY];
    from = null;
    if (Math.abs(dx) > SWIPE_PX && Math.abs(dx) > 2 * Math.abs(dy)) turnBy(dx < 0 ? 1 : -1);
  });
}

const TURNS = { arrowright: 1, pagedown: 1, arrowleft: -1, pageup: -1 };

function pressed(event) {
  if (!wall || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (document.querySelector("dialog[open]")) return;
  const field = event.target.closest?.("input, select, textarea");
  if (field) {
    if (event.key === "Enter") field.blur(); // it is said: the keys belong to the page again
    return;
  }
  const key = event.key.toLowerCase();
  const all = names();
  if (key in TURNS) turnBy(TURNS[key]);
  else if (key === "home") turnTo(all[0]);
  else if (key === "end") turnTo(all.at(-1));
  else if (/^[1-9]$/.test(key)) turnTo(all[Number(key) - 1]);
  else if (!machine(key, event)) return;
  event.preventDefault();
}

/** The time machine's keys, but for the arrows, which turn pages; answers whether it was one. */
function machine(key, event) {
  const { mode } = replay.state;
  if (key === "escape" && closePapers()) return true;
  if (key === "escape" && !document.fullscreenElement && mode !== "live") bar.goLive();
  else if (key === "t") bar.toggle();
  else if (mode === "live" && !bar.isOpen()) return false;
  else if (key === " " && !event.target.closest?.("button, a, summary")) replay.toggle();
  else {
    const step = STEPS[event.shiftKey && key.length === 1 ? `shift+${key}` : key];
    if (!step) return false;
    replay.step(step);
  }
  return true;
}

window.addEventListener("keydown", pressed);
