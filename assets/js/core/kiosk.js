// A wall nobody touches: the pointer hides after 5 s, F fills the screen.

import { root } from "./page.js";

const HIDE_MS = 5000;
let timer = 0;

function moved() {
  delete root.dataset.pointer;
  clearTimeout(timer);
  timer = setTimeout(() => (root.dataset.pointer = "hidden"), HIDE_MS);
}

function pressed(event) {
  if (event.key.toLowerCase() !== "f" || event.ctrlKey || event.metaKey || event.altKey) return;
  if (document.fullscreenElement) document.exitFullscreen();
  else root.requestFullscreen().catch(() => {}); // refused outside a gesture: stays as it is
}

export function start() {
  window.addEventListener("pointermove", moved, { passive: true });
  window.addEventListener("keydown", pressed);
  moved();
}
