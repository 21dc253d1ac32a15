// Sound and desktop notification for what becomes one's own to do. Off until somebody switches them
// on, for this browser.

import { t } from "../core/page.js";
import { mark } from "../core/dom.js";
import { wholeName } from "./queues.js";

// What is worth a signal: what waits for this role's own hand, and what is overdue.
const OTHERS = ["overdue", "whistles_overdue", "alerts_unacknowledged"];
const STREET = ["to_accept", "whistles_to_confirm", ...OTHERS];
const OWN = {
  department: ["whistles_to_sign", "whistles_overdue"], street_director: STREET, street_operator: STREET,
  community_secretary: ["to_handle", ...OTHERS],
};
const KEY = (name) => `cockpit.desk.${name}`;

let sound = null; // made by the switch's own click, since browsers want a gesture
let before = null;
let watched = OTHERS;

/** Takes the switches of a desk. */
export function start(desk, role) {
  watched = OWN[role] ?? OTHERS;
  before = null;
  for (const button of desk.querySelectorAll("[data-switch]")) {
    const name = button.dataset.switch;
    const paint = () => mark(button, "aria-pressed", String(isOn(name)));
    button.addEventListener("click", async () => {
      const on = !isOn(name);
      if (on && name === "notify" && !(await allowed())) return;
      localStorage.setItem(KEY(name), on ? "on" : "off");
      if (on && name === "sound") beep();
      paint();
    });
    paint();
  }
}

const isOn = (name) => localStorage.getItem(KEY(name)) === "on";

async function allowed() {
  if (!("Notification" in window)) return false;
  return (await Notification.requestPermission()) === "granted";
}

/** New counts: signals when there is more than before of what is one's own. */
export function hear(counts) {
  const more = before ? watched.filter((name) => (counts[name] ?? 0) > (before[name] ?? 0)) : [];
  before = counts;
  if (!more.length) return;
  if (isOn("sound")) beep();
  if (isOn("notify") && document.hidden && "Notification" in window && Notification.permission === "granted") {
    const words = more.map((name) => `${wholeName(name)} ${counts[name]}`).join(" · ");
    new Notification(t("desk.signal"), { body: words, tag: "cockpit" });
  }
}

/** Two short tones; silent where the browser does not let it. */
function beep() {
  if (!window.AudioContext) return;
  sound ??= new AudioContext();
  sound.resume().then(() => {
    for (const [at, pitch] of [[0, 880], [0.18, 1175]]) {
      const tone = sound.createOscillator();
      const loud = sound.createGain();
      tone.frequency.value = pitch;
      loud.gain.setValueAtTime(0.12, sound.currentTime + at);
      loud.gain.exponentialRampToValueAtTime(0.001, sound.currentTime + at + 0.16);
      tone.connect(loud).connect(sound.destination);
      tone.start(sound.currentTime + at);
      tone.stop(sound.currentTime + at + 0.17);
    }
  }, () => {});
}
