// What somebody who stands before a wall may want: hold the rotation, the alarm's sound, the whole
// screen. They show themselves while the pointer moves, and as long as the rotation is held.

import { t } from "../core/page.js";
import { mark, write } from "../core/dom.js";
export { fill } from "../core/kiosk.js";

/** `actions` by the name of their button; `done` is called after each. */
export function start(actions, done) {
  document.addEventListener("click", ({ target, detail }) => {
    const button = target.closest?.("[data-kiosk-do]");
    if (!button) return;
    actions[button.dataset.kioskDo]();
    if (detail > 0) button.blur(); // by pointer: the keys belong to the whole page again
    done();
  });
}

export function show(rotation, sound) {
  const box = document.querySelector(".kiosk");
  if (!box) return;
  const find = (name) => box.querySelector(`[data-kiosk-do="${name}"]`);
  const { held } = rotation.state;
  find("hold").hidden = !rotation.isOn();
  mark(box, "data-held", held && rotation.isOn() ? "" : null);
  say(find("hold"), held, t(held ? "kiosk.hold.on" : "kiosk.hold.off"));
  const state = sound.isReady() ? "on" : sound.isAllowed() ? "waiting" : "off";
  say(find("sound"), state === "on", t(`kiosk.sound.${state}`));
}

function say(button, pressed, text) {
  mark(button, "aria-pressed", String(pressed));
  write(button.firstElementChild, text);
}
