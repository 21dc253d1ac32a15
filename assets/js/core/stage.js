// The panels that are on the page: finds them when Dash has built them, paints those whose
// part of the frame changed.

import { framesView, t, root } from "./page.js";
import { serverNow } from "./clock.js";
import { mark, show, write, roll } from "./dom.js";

const SLOW_MS = 1000;
let modules = [];
let mounted = [];
let wall = null;
let frame = null;
let told = new Set();

/** Takes the tuple of panel modules and watches for walls. `onWall` hears of each new one. */
export function start(tuple, onWall) {
  modules = tuple;
  const look = () => {
    const found = document.querySelector("[data-wall]");
    if (found === wall) return;
    wall = found;
    mounted = [];
    frame = null;
    if (!wall) return;
    mark(root, "data-view", `${wall.dataset.wall}/${wall.dataset.screen ?? "wall"}`);
    mark(root, "data-seq", null);
    mark(root, "data-epoch", null);
    mounted = modules.map(mount).filter(Boolean);
    onWall(wall);
  };
  new MutationObserver(look).observe(document.getElementById("react-entry-point"), {
    childList: true,
    subtree: true,
  });
  look();
}

function mount(module) {
  const element = wall.querySelector(`[data-panel="${module.stem}"]`);
  if (!element) return null;
  const panel = { module, element, keys: {}, paintedAt: -SLOW_MS, waits: false };
  panel.metrics = [...element.querySelectorAll("[data-metric][data-form]")];
  panel.late = element.querySelectorAll(".late-source");
  panel.paint = module.mount(element, {
    wall,
    refresh: () => { panel.keys = {}; if (frame) guarded(panel, () => paintOne(panel, keysOf(frame))); },
  });
  return panel;
}

/** Paints a whole frame; `anew`: one that does not follow the one before, so nothing in it is news. */
export function paint(next, anew = false) {
  if (!wall || next.view !== framesView()) return false;
  frame = next;
  if (anew) for (const panel of mounted) Object.assign(panel, { keys: {}, paintedAt: -SLOW_MS });
  const keys = keysOf(frame);
  for (const panel of mounted) guarded(panel, () => paintOne(panel, keys));
  mark(root, "data-epoch", frame.epoch);
  mark(root, "data-seq", frame.seq);
  return true;
}

/** The JSON of each part of a frame, made when first asked for: what panels compare by. */
function keysOf(of) {
  const made = new Map();
  return (part) => {
    if (!made.has(part)) made.set(part, JSON.stringify(of.panels[part]));
    return made.get(part);
  };
}

function paintOne(panel, keys) {
  const { module } = panel;
  const changed = module.reads.filter((part) => panel.keys[part] !== keys(part));
  if (!changed.length) return;
  const now = performance.now();
  panel.waits = Boolean(module.slow) && now - panel.paintedAt < SLOW_MS;
  if (panel.waits) return;
  panel.paintedAt = now;
  const first = !Object.keys(panel.keys).length;
  for (const part of changed) panel.keys[part] = keys(part);
  for (const element of panel.metrics) bind(element, first);
  panel.paint.paint?.(frame.panels, frame, first);
}

function bind(element, first) {
  let value = frame.panels;
  for (const step of element.dataset.metric.split(".")) value = value?.[step];
  if (show(element, value, element.dataset.form) && !first && element.classList.contains("hero")) roll(element);
}

/** Paints the slow panels whose turn has come. */
export function flush() {
  if (!frame) return;
  const waiting = mounted.filter((panel) => panel.waits);
  if (!waiting.length) return;
  const keys = keysOf(frame);
  for (const panel of waiting) guarded(panel, () => paintOne(panel, keys));
}

/** The frame that the page shows, or null. */
export const shownFrame = () => frame;

/** What goes on without a frame: countdowns, and the time that late sources have been late. */
export function tick() {
  const now = serverNow();
  if (now === null || !frame) return;
  for (const panel of mounted) {
    guarded(panel, () => {
      panel.paint.tick?.(now);
      nameLate(panel, now);
    });
  }
}

/** Names on each panel, or on each part of one that says what feeds it, the source that is late the
 * longest of those that feed it. */
function nameLate(panel, now) {
  const late = (frame.sources ?? []).filter((each) => each.late)
    .sort((a, b) => Date.parse(a.last_seen) - Date.parse(b.last_seen));
  for (const element of panel.late) {
    const parts = element.dataset.feeds?.split(" ") ?? panel.module.reads;
    const worst = late.find(({ feeds }) => feeds.some((part) => parts.includes(part)));
    element.hidden = !worst;
    if (worst) write(element, lateText(worst, now));
  }
}

function lateText({ source, last_seen: seen }, now) {
  const tail = source.split("/").pop();
  const name = t(`source.${tail}`);
  const minutes = Math.max(0, Math.floor((now - Date.parse(seen)) / 60000));
  return t("source.late", { source: name.startsWith("source.") ? tail : name, minutes });
}

/** One panel's fault is told once and leaves the others whole. */
function guarded(panel, work) {
  try {
    work();
  } catch (error) {
    if (told.has(panel.module.stem)) return;
    told.add(panel.module.stem);
    console.error(`panel ${panel.module.stem}`, error);
  }
}
