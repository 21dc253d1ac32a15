// Texts that go with the clock: what is left of a limit, how long something lasts.

import { write } from "../core/dom.js";

/** Writes `words()` into an element, now and whenever its host is told of the time. */
export function ticking(element, words) {
  element.dataset.ticks = "";
  element.words = words;
  write(element, words());
  return element;
}

/** Writes all such texts in a host as they are now. */
export function tick(host) {
  for (const element of host.querySelectorAll("[data-ticks]")) write(element, element.words());
}
