// What opens over a meeting's page, and the tools' words.

import { make, write } from "../core/dom.js";

export { tableOf } from "../core/dom.js";

let wall = null;

/** A meeting is on the page. */
export function onMeeting(element) {
  wall = element;
  for (const dialog of wall.querySelectorAll("dialog")) {
    dialog.addEventListener("click", ({ target }) => {
      if (target === dialog || target.closest('[data-do="close"]')) dialog.close();
    });
  }
}

const of = (name) => wall.querySelector(`dialog[data-over="${name}"]`);

/** Opens a dialog; answers it. */
export function open(name) {
  const dialog = of(name);
  if (!dialog.open) dialog.showModal();
  return dialog;
}

/** Closes the menu of papers; tells whether it was open. */
export function closePapers() {
  const menu = wall.querySelector(".papers");
  const was = menu.open;
  menu.open = false;
  return was;
}

/** Title and the words beside it. */
export function entitle(dialog, title, count) {
  if (title !== null) write(dialog.querySelector("h2"), title);
  write(dialog.querySelector(".count"), count);
}

/** Puts one line of words in the place of a list. */
export function say(dialog, words) {
  dialog.querySelector(".list").replaceChildren(make("p", "words", words));
}
