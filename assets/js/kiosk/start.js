// What an unattended wall needs beyond its picture: rotation, alarms, being a paired screen. Loaded
// after the first picture, so that nothing of it stands before the numbers.

import { page, root } from "../core/page.js";
import { isOpen } from "../core/replay_bar.js";
import { state as moment } from "../core/replay.js";
import * as alarm from "./alarm.js";
import * as device from "./device.js";
import * as rotation from "./rotation.js";
import * as sound from "./sound.js";
import * as tools from "./tools.js";

const LOOK_MS = 500;
const KEYS = { " ": holdOrGo, a: acknowledge, s: sound.toggle };

/** The keys belong to the time machine while it is open. */
const isLive = () => moment.mode === "live" && !isOpen();

function holdOrGo() {
  if (!rotation.isOn()) return false;
  rotation.hold(!rotation.state.held);
  return true;
}

function acknowledge() {
  if (!alarm.isRaised()) return false;
  alarm.acknowledge();
  return true;
}

/** Before all other keys' owners: an alarm is acknowledged whatever else the page shows. */
function pressed(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey || event.isComposing) return;
  if (event.target.closest?.("input, textarea, select")) return;
  const key = event.key.toLowerCase();
  if (key === " " && event.target.closest?.("button, a")) return;
  if (!(key in KEYS) || (key !== "a" && !isLive())) return;
  if (KEYS[key]() === false) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  show();
}

function show() {
  tools.show(rotation, sound);
}

function look() {
  const live = moment.mode === "live";
  alarm.look(live);
  rotation.look(live && !alarm.isRaised());
  if (page.device) device.look(rotation.follow);
  show();
}

rotation.fromAddress();
tools.start({ hold: holdOrGo, sound: sound.toggle, full: tools.fill }, show);
alarm.start();
window.addEventListener("keydown", pressed, { capture: true });
setInterval(look, LOOK_MS);
look();
root.dataset.kiosk = "";
