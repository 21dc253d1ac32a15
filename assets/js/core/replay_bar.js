// The time machine's bar: what a person does with it, and what it shows of its state.

import { t } from "./page.js";
import { dayOf, dayStart, serverNow, timeOfDay } from "./clock.js";
import { momentPart, readDay, readTime } from "./day_fields.js";
import { LATE, make, mark, style, write } from "./dom.js";
import { Marks } from "./moments.js";
import { asked, keep } from "./navigate.js";
import { problemText } from "./replay_face.js";
import * as replay from "./replay.js";

const { state } = replay;
const DAY_MS = 86400000;
// What an arrow key in a field goes on by.
const STEPS_MS = { date: DAY_MS, time: 60000 };
const INPUTS = {
  date: () => momentPart("day"),
  time: () => momentPart("time"),
  range: () => Object.assign(make("input"), { type: "range", max: DAY_MS / 1000 - 1, step: 60 }),
};

let bar = null;
let parts = null;
let open = null; // a person opened or closed it; null: open while a moment is shown
let day = ""; // the day that the slider shows

/** A new wall is on the page, with a bar. */
export function onWall(wall) {
  bar = wall.querySelector(".replay-bar");
  const find = (name) => bar.querySelector(name);
  const inputs = Object.fromEntries(Object.entries(INPUTS).map(([name, makes]) => [name, input(name, makes())]));
  parts = {
    ...inputs, said: find(".said"), offers: find(".offers"), play: find('[data-replay-do="play"]'),
    button: wall.querySelector(".time-machine"), there: find(".track i"),
    speeds: [...bar.querySelectorAll("[data-replay-speed]")],
    marks: new Marks(find(".marks"), find(".counts"), replay.seek),
  };
  parts.button.addEventListener("click", toggle);
  bar.addEventListener("click", pressed);
  parts.range.addEventListener("input", () => replay.seek(dayStart(day) + parts.range.valueAsNumber * 1000));
  for (const [name, step] of Object.entries(STEPS_MS)) {
    parts[name].addEventListener("change", typed);
    parts[name].addEventListener("keydown", (event) => stepped(event, step));
  }
  show();
}

function input(name, element) {
  const named = t(`replay.${name}.input`);
  element.title = named;
  element.setAttribute("aria-label", named);
  bar.querySelector(`[data-replay-input="${name}"]`).replaceChildren(element);
  return element;
}

/** Opens or closes the bar; the moment stays. */
export function toggle() {
  open = !isOpen();
  if (!open) state.problem = null;
  if (state.mode !== "live") keep("bar", open ? null : "0");
  show();
}

/** Whether the bar is on the page: asked for, or because a moment is shown. */
export const isOpen = () =>
  (open ?? (state.mode !== "live" && asked("bar") !== "0")) || state.problem !== null;

function pressed({ target, detail }) {
  const button = target.closest("button");
  if (!button) return;
  const { replayGo: go, replayDays: days, replaySpeed: speed, replayDo: what } = button.dataset;
  if (go) replay.step(go);
  if (days && serverNow() !== null) replay.seek(serverNow() + Number(days) * DAY_MS);
  if (speed) replay.setSpeed(Number(speed));
  if (what === "play") replay.toggle();
  if (what === "live") goLive();
  if (detail > 0) button.blur(); // by pointer: the keys belong to the whole page again
}

/** Returns to live and closes the bar. */
export function goLive() {
  open = null;
  state.problem = null;
  keep("bar", null);
  replay.leave();
  show();
}

/** The instant in both fields, null when one of them is none. */
function written() {
  const [date, time] = [readDay(parts.date.value), readTime(parts.time.value)];
  mark(parts.date, "aria-invalid", date === null ? "true" : null);
  mark(parts.time, "aria-invalid", time === null ? "true" : null);
  return date === null || time === null ? null : dayStart(date) + time;
}

function typed() {
  const at = written();
  if (at !== null) replay.seek(at);
  show();
}

function stepped(event, step) {
  const way = { ArrowUp: 1, ArrowDown: -1 }[event.key];
  const at = way ? written() : null;
  if (at === null) return;
  event.preventDefault();
  fill(at + way * step);
  typed();
}

/** Writes an instant into the fields; not into the one that a person is writing in. */
function fill(at, taken = null) {
  for (const [element, text] of [[parts.date, dayOf(at)], [parts.time, timeOfDay(at)]]) {
    if (element === taken) continue;
    element.value = text;
    mark(element, "aria-invalid", null);
  }
}

/** Shows the state; called at each change, and each second. */
export function show() {
  if (!bar) return;
  if (state.mode === "live" && open && replay.left() <= 0) open = null;
  const shown = isOpen();
  bar.hidden = !shown;
  bar.closest("[data-wall]").toggleAttribute("data-bar", shown);
  mark(parts.button, "aria-expanded", String(shown));
  if (!shown) return;
  showMoment();
  showPlaying();
  const said = wordsNow();
  write(parts.said, said);
  mark(parts.said, "title", said || null);
  mark(parts.said, "data-problem", unread() ? "unread" : (state.problem?.code ?? null));
  offer();
}

function showMoment() {
  // Before the first picture: what the address names.
  const now = serverNow() ?? Date.parse(replay.named());
  if (Number.isNaN(now)) return;
  day = dayOf(now);
  const { range, marks } = parts;
  fill(now, document.activeElement);
  range.value = Math.floor((now - dayStart(day)) / 1000);
  mark(range, "aria-valuetext", `${day} ${timeOfDay(now)}`);
  const [first, last] = [state.first ?? day, state.last ?? new Date(now).toISOString()];
  const part = (at) => `${Math.min(1, Math.max(0, (Date.parse(at) - dayStart(day)) / DAY_MS)) * 100}%`;
  style(parts.there, "left", state.first ? part(first) : "0%");
  style(parts.there, "right", `calc(100% - ${part(last)})`);
  marks.show(day);
}

function showPlaying() {
  const { play, speeds } = parts;
  const here = state.mode === "replay" && state.at !== null;
  write(play, t(state.playing ? "replay.pause" : "replay.play"));
  mark(play, "title", t("replay.play.title"));
  play.disabled = !here || (!state.playing && atEnd());
  for (const chip of speeds) mark(chip, "aria-pressed", String(Number(chip.dataset.replaySpeed) === state.speed));
}

const atEnd = () => state.at !== null && Date.parse(state.at) >= Date.parse(state.last);

/** Which of the fields holds nothing that can be read. */
const unread = () => Object.keys(STEPS_MS).find((kind) => parts[kind].hasAttribute("aria-invalid"));

function wordsNow() {
  if (unread()) return `${LATE} ${t(`replay.${unread()}.form`)}`;
  if (state.problem) return problemText(state.problem);
  if (state.mode === "live") return t("replay.said.live");
  if (state.mode === "entering") return t("replay.said.entering");
  return atEnd() ? t("replay.said.end") : "";
}

/** Where there is no picture: the ends of what there is. */
function offer() {
  const out = state.problem?.code === "replay.out_of_range";
  const wanted = out ? `${state.problem.first} ${state.problem.last}` : "";
  if (parts.offers.dataset.wanted === wanted) return;
  parts.offers.dataset.wanted = wanted;
  const { first, last } = state.problem ?? {};
  const offers = { first, last };
  parts.offers.replaceChildren(...(out ? Object.entries(offers) : []).map(([name, at]) => {
    const button = make("button", "tool", t(`replay.${name}`));
    button.type = "button";
    button.dataset.replayOffer = name;
    button.addEventListener("click", () => replay.seek(at));
    return button;
  }));
}
