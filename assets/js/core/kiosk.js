// A wall nobody touches: the pointer hides after 5 s, F fills the screen.

import { root } from "./page.js";

const HIDE_MS = 5000;
let timer = 0;

/** By whatever a person did; none at the start. */
function moved(event) {
  root.dataset.pointer = event ? "moved" : "shown";
  clearTimeout(timer);
  timer = setTimeout(() => (root.dataset.pointer = "hidden"), HIDE_MS);
}

function pressed(event) {
  if (event.key.toLowerCase() !== "f" || event.ctrlKey || event.metaKey || event.altKey) return;
  fill();
}

/** Fills the screen, or gives it back. */
export function fill() {
  if (document.fullscreenElement) document.exitFullscreen();
  else root.requestFullscreen().catch(() => {}); // refused outside a gesture: stays as it is
}

export function start() {
  window.addEventListener("pointermove", moved, { passive: true });
  window.addEventListener("keydown", pressed);
  moved();
}
