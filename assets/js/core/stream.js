// The stream of frames: keeps the newest, paints it once an animation frame, and watches that
// frames go on coming. The socket itself is Dash's (dash-socketio). While the page shows another
// moment the stream is held: it has no connection and paints nothing.

import { framesView, page, root, t } from "./page.js";
import { clockSpeed, serverNow, setClock, timeOfDay } from "./clock.js";
import { mark, write } from "./dom.js";
import * as health from "./health.js";
import { asked } from "./navigate.js";
import { tellNotices } from "./notices.js";
import { connect, disconnect } from "./socket.js";
import * as stage from "./stage.js";

const STALE_MS = 3000;
const OFFLINE_MS = 10000;
const BEAT_MS = 500;
const LOOK_MS = 250;

/** The number of changes to the site's paired screens, as the newest frame's wrapper tells it. */
export let devices = 0;

let waiting = null;
let heardAt = null; // when the last frame came, by the page's monotonic clock
let askedAt = performance.now(); // when a connection was last asked for
let last = null; // the newest frame painted
let delay = 0; // seconds from the event's receipt to this page
let lagging = false;
let oldAtSending = false;
let beatAt = 0;
let held = false;
let welcome = null; // who wants to hear of the first live picture after a moment was shown

function arrived(text) {
  if (waiting === null) requestAnimationFrame(paintWaiting);
  waiting = text;
  heardAt = performance.now();
}

function paintWaiting() {
  const text = waiting;
  waiting = null;
  if (held || text === null) return;
  const { sent, speed, build, notices, devices: number, frame } = JSON.parse(text);
  if (build !== page.build) return reloadFor(build);
  devices = number ?? 0;
  if (frame.view !== framesView()) return;
  const anew = begin();
  setClock(sent, heardAt, speed);
  const age = (sent - Date.parse(frame.at)) / speed;
  oldAtSending = age > STALE_MS;
  lagging = frame.lag_ms > STALE_MS;
  delay = (Math.max(0, age) + frame.lag_ms) / 1000;
  if (stage.paint(frame, anew)) last = frame;
  tellNotices(notices ?? []);
  if (!oldAtSending) beat();
  look();
}

/** From here on the picture is live; answers whether it was of another moment. */
function begin() {
  const told = welcome;
  welcome = null;
  told?.();
  return told !== null;
}

/** A wall whose server has a new build loads it, once a minute at most. */
function reloadFor(build) {
  const key = "cockpit.reloaded";
  const [name, at] = JSON.parse(sessionStorage.getItem(key) ?? '["", 0]');
  if (name === build && Date.now() - at < 60000) return;
  sessionStorage.setItem(key, JSON.stringify([build, Date.now()]));
  location.reload();
}

/** Says on the page how old its picture is: one that has been heard but not painted is none yet. */
function look() {
  if (held || welcome) return;
  const now = performance.now();
  const silence = heardAt === null || last === null ? Infinity : now - heardAt;
  const live =
    silence > OFFLINE_MS ? "offline" : silence > STALE_MS || oldAtSending ? "stale" : "live";
  mark(root, "data-live", live);
  // Not while a page that has just come waits for its first word from the socket.
  const fresh = heardAt === null && now - askedAt < STALE_MS;
  mark(root, "data-dated", live !== "live" && last && !fresh ? "" : null);
  tellLive(live);
  health.tell(live, last?.seq ?? 0, last ? (serverNow() - Date.parse(last.at)) / clockSpeed() : now);
}

/** A live frame starts the veil's animation anew, by the other of its two names. */
function beat() {
  const now = performance.now();
  if (now - beatAt < BEAT_MS) return;
  beatAt = now;
  const veil = document.querySelector(".veil");
  if (veil) veil.dataset.beat = veil.dataset.beat === "a" ? "b" : "a";
}

let toldAt = 0;
function tellLive(live) {
  const pill = document.querySelector(".top .live");
  if (!pill) return;
  const state = !last ? "waiting" : live !== "live" ? "lost" : lagging ? "lag" : "live";
  const now = performance.now();
  if (pill.dataset.state === state && now - toldAt < 1000) return;
  toldAt = now;
  mark(pill, "data-state", state);
  mark(pill, "data-value", last ? last.lag_ms : "");
  pill.classList.toggle("is-good", state === "live");
  pill.classList.toggle("is-risk", state === "lag");
  pill.classList.toggle("is-late", state === "lost");
  const time = last ? timeOfDay(Date.parse(last.at)) : "";
  write(pill, t(`live.${state}`, { seconds: delay < 10 ? delay.toFixed(1) : Math.round(delay), time }));
  write(document.querySelector(".veil-text"), t("live.veil", { time }));
}

/** Asks for a new connection when nothing has come for 10 s, again each 10 s. */
function reconnect() {
  if (held) return;
  const now = performance.now();
  const quiet = Math.min(now - (heardAt ?? 0), now - askedAt);
  if (quiet < OFFLINE_MS || !document.getElementById("react-entry-point").querySelector("[data-wall]")) return;
  askedAt = now;
  connect(arrived);
}

/** The last frame over HTTP, so that the first numbers need not wait for the socket. */
let early = asked("at") === null ? fetchFrame() : null;
async function fetchFrame() {
  if (!page.early) return null; // its reader may not see the wall; the socket brings what it may
  const view = framesView();
  try {
    const answer = await fetch(`/api/v1/frames/${view}`);
    return answer.ok ? await answer.json() : null;
  } catch {
    return null; // the socket brings it
  }
}

/** A new wall is on the page: paint what is known of it, or ask. */
export async function onWall() {
  last = null;
  heardAt = null;
  askedAt = performance.now();
  connect(arrived);
  look();
  const known = await early;
  early = null; // only the first wall is new enough for it
  const frame = known?.view === framesView() ? known : await fetchFrame();
  if (held || !frame || last || frame.view !== framesView()) return;
  const anew = begin();
  if (anew || serverNow() === null) setClock(Date.parse(frame.at), performance.now());
  if (stage.paint(frame, anew)) last = frame;
  look();
}

/** Paints no live picture any more, until released. */
export function hold() {
  held = true;
  waiting = null;
  last = null;
  welcome = null;
  disconnect();
  mark(root, "data-dated", null);
  tellNotices([]);
}

/** Live again from the first live picture on: `first` is told right before it is painted. */
export function release(first) {
  held = false;
  welcome = first;
  onWall();
}

/** Begins to listen. `eachSecond` is called when the server's clock shows another second. */
export function listen(eachSecond) {
  let shown = null;
  setInterval(() => {
    look();
    reconnect();
    stage.flush();
    const second = Math.floor((serverNow() ?? 0) / 1000);
    if (second === shown) return;
    shown = second;
    stage.tick();
    eachSecond();
  }, LOOK_MS);
}
