// The time machine: which moment the page shows, and how it goes on from there. The page is live,
// shows a moment, or is on its way from one to the other; the picture that stands stays until the
// other one is there, so nothing live is ever painted into a moment, nor the other way round.

import { framesView, page } from "./page.js";
import { instantText, serverNow, setClock } from "./clock.js";
import { asked, keep } from "./navigate.js";
import * as stage from "./stage.js";
import * as stream from "./stream.js";

const PICTURE_MS = 300;
const ADDRESS_MS = 1000;
const PATIENCE_MS = 20000;
const AGAIN_MS = [1000, 2000, 4000, 8000];
const IDLE_MS = 600000;
export const LAST_MINUTE_MS = 60000;

/** What is shown. `mode`: live | entering | replay | leaving; `at` the moment of the picture, `first`
 * and `last` that there are, as the server writes instants; `problem`: {code, message, …facts} of the
 * last answer, or null. */
export const state = {
  mode: "live", at: null, playing: false, speed: 1, first: null, last: null, problem: null, busy: false,
};

let session = null;
let wanted = null; // the next thing to ask for: {at, go}; a newer one takes its place
let kept = asked("at"); // the moment that the address names
let base = { ms: 0, since: 0 }; // playing: this moment was shown at that time of the page
let failures = 0;
let retryAt = 0;
let touchedAt = performance.now();
let namedAt = 0;
let timer = 0;
let changed = () => {};

const ms = (text) => Date.parse(text);
const shows = () => state.mode === "replay";

/** Begins; an address with a moment never becomes live by itself before. `told` hears of every
 * change of the state. */
export function start(told) {
  changed = told;
  if (kept !== null) {
    state.mode = "replay";
    stream.hold();
    wake();
  }
  window.addEventListener("popstate", follow);
  for (const kind of ["pointerdown", "pointermove", "keydown", "wheel"]) {
    window.addEventListener(kind, () => (touchedAt = performance.now()), { passive: true });
  }
  changed();
}

/** A new wall is on the page. Answers whether the time machine paints it. */
export function onWall() {
  if (shows()) want({ at: state.playing ? playedTo() : (state.at ?? named()) });
  return shows();
}

/** The moment that the address names; what is no instant the server may judge. */
export const named = () => (kept === null ? null : (instantText(kept) ?? kept));

/** Goes to an instant: a text, or milliseconds. */
export function seek(to) {
  const at = typeof to === "number" ? new Date(to).toISOString() : to;
  enter();
  want({ at });
}

/** Goes to what lies next in a direction: next, previous, overdue, alert, back_overdue, back_alert.
 * From one event to another one looks; from alarm to alarm it may go on playing. */
export function step(go) {
  const at = state.at ?? new Date(serverNow() ?? 0).toISOString();
  if (go === "next" || go === "previous") pause();
  enter();
  want({ at, go });
}

/** Begins to play, or pauses. */
export function toggle() {
  if (!shows() || !state.at) return;
  if (state.playing) return pause();
  state.playing = true;
  rebase(ms(state.at));
  changed();
}

export function setSpeed(speed) {
  const now = serverNow();
  state.speed = speed;
  if (state.playing) rebase(now);
  changed();
}

/** Returns to live: the moment stays on the page until the first live picture. */
export function leave() {
  if (state.mode === "live" || state.mode === "leaving") return;
  const entering = state.mode === "entering";
  Object.assign(state, { playing: false, problem: null, mode: entering ? "live" : "leaving" });
  wanted = null;
  session = null;
  name(null);
  if (entering) ended();
  else stream.release(ended);
  changed();
}

/** Real milliseconds until a replay that nobody touches ends by itself; Infinity when it stays. */
export function left() {
  return asked("stay") === "1" ? Infinity : touchedAt + IDLE_MS - performance.now();
}

function ended() {
  clearInterval(timer);
  timer = 0;
  Object.assign(state, { mode: "live", at: null });
  changed();
}

function enter() {
  state.problem = null;
  if (state.mode === "leaving") {
    stream.hold();
    state.mode = "replay";
  } else if (state.mode === "live") state.mode = "entering";
  wake();
  changed();
}

function wake() {
  touchedAt = performance.now();
  timer ||= setInterval(look, PICTURE_MS);
}

function pause() {
  if (!state.playing) return;
  state.playing = false;
  if (wanted?.played) wanted = null;
  setClock(ms(state.at), performance.now(), 0);
  stage.tick();
  name(state.at);
  changed();
}

function rebase(from) {
  base = { ms: from, since: performance.now() };
  setClock(from, base.since, state.speed);
}

/** The moment that playing has reached, not after the last one there is. */
function playedTo() {
  const to = base.ms + (performance.now() - base.since) * state.speed;
  return new Date(Math.min(to, state.last ? ms(state.last) : to)).toISOString();
}

function look() {
  if (left() <= 0) return leave();
  if (left() <= LAST_MINUTE_MS) changed();
  if (wanted) pump();
  else if (state.playing && shows()) want({ at: playedTo(), played: true });
}

function want(request) {
  wanted = request;
  retryAt = 0;
  pump();
}

/** Asks for what is wanted, one request at a time. */
async function pump() {
  if (state.busy || !wanted || performance.now() < retryAt) return;
  const request = wanted;
  wanted = null;
  state.busy = true;
  const view = framesView();
  const [answer, problem] = await ask(view, request);
  state.busy = false;
  // Where a person paused it stands: what playing asked for before that comes too late.
  const paused = request.played && !state.playing;
  const over = paused || state.mode === "live" || state.mode === "leaving";
  if (!over && view !== framesView()) wanted ??= request;
  else if (!over && problem) failed(problem, request);
  else if (!over) take(answer, request);
  if (wanted) pump();
}

async function ask(view, { at, go }) {
  const words = new URLSearchParams({ at, lang: page.language });
  if (session) words.set("session", session);
  if (go) words.set("go", go);
  try {
    const signal = AbortSignal.timeout(PATIENCE_MS);
    const answer = await fetch(`/api/v1/replay/${view}?${words}`, { signal });
    const body = await answer.json();
    return answer.ok ? [body, null] : [null, { ...body.error, status: answer.status }];
  } catch {
    return [null, { code: "network", status: 503 }];
  }
}

/** The last picture stays. What may come right is asked for again, and playing waits for it. */
function failed(problem, request) {
  state.problem = problem;
  for (const end of ["first", "last"]) if (problem[end]) state[end] = problem[end];
  if (problem.status >= 503) {
    retryAt = performance.now() + AGAIN_MS[Math.min(failures, AGAIN_MS.length - 1)];
    failures += 1;
    wanted ??= request;
    if (state.playing) setClock(ms(state.at), performance.now(), 0);
  } else {
    // On the way from live it was for nothing; in a moment it stands still.
    if (state.mode === "entering") ended();
    pause();
  }
  changed();
}

function take(answer, { played }) {
  if (!shows()) {
    stream.hold();
    state.mode = "replay";
  }
  const stalled = failures > 0;
  failures = 0;
  session = answer.session;
  Object.assign(state, { at: answer.at, first: answer.first, last: answer.last, problem: null });
  const now = performance.now();
  if (state.playing && ms(answer.at) >= ms(answer.last)) state.playing = false;
  if (state.playing && (!played || stalled)) rebase(ms(answer.at));
  else setClock(ms(answer.at), now, state.playing ? state.speed : 0);
  stage.paint(answer.frame, !played);
  stage.tick();
  if (!state.playing || now - namedAt > ADDRESS_MS) name(answer.at);
  changed();
}

/** The address names the moment: at once when it stands, about each second while it runs. */
function name(at) {
  namedAt = performance.now();
  kept = at;
  keep("at", at);
}

/** A person went back or forward in the history of addresses. */
function follow() {
  const at = asked("at");
  if (at === kept) return;
  kept = at;
  if (at === null) leave();
  else seek(instantText(at) ?? at);
}
