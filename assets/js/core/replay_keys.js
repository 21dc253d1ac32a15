// The time machine's keys.

import * as bar from "./replay_bar.js";
import * as replay from "./replay.js";

const STEPS = {
  arrowright: "next", arrowleft: "previous", w: "overdue", "shift+w": "back_overdue", a: "alert", "shift+a": "back_alert",
};

function pressed(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  const key = event.key.toLowerCase();
  const { mode } = replay.state;
  if (key === "escape" && !document.fullscreenElement) return bar.goLive();
  if (event.target.closest?.("input")) return; // its own keys
  if (key === "t") return bar.toggle();
  if (mode === "live" && !bar.isOpen()) return;
  if (key === " " && !event.target.closest?.("button, a")) {
    event.preventDefault();
    return replay.toggle();
  }
  const step = STEPS[event.shiftKey && key.length === 1 ? `shift+${key}` : key];
  if (!step) return;
  event.preventDefault();
  replay.step(step);
}

export function start() {
  window.addEventListener("keydown", pressed);
}
