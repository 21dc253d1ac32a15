// What the page has to say: one line at its foot, for a while.

import { GOOD, LATE, write } from "../core/dom.js";

const SECONDS = 8;
let timer = 0;

/** Says a text; a `bad` one stays until the next. */
export function tell(text, bad = false) {
  const said = document.querySelector(".manage > .said");
  clearTimeout(timer);
  said.classList.toggle("is-late", bad);
  write(said, text ? `${bad ? LATE : GOOD} ${text}` : "");
  if (text && !bad) timer = setTimeout(() => write(said, ""), SECONDS * 1000);
}
