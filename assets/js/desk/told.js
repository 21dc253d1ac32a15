// What is said to whoever cannot see it happen, and the notice across the page.

import { make } from "../core/dom.js";
import { signInAddress, whenSignedOut } from "../core/ask.js";
import { t } from "../core/page.js";
import { whyNot } from "./refusals.js";

let line = null;
let said = 0;

/** Says a sentence in the polite live region; the same sentence twice is said twice. */
export function tell(text) {
  line = document.querySelector(".told");
  if (!line) return;
  said += 1;
  line.textContent = said % 2 ? text : `${text} `;
}

/** Shows a notice of this kind across the page, or takes it away with null: a sentence, where it leads
 * ([[label, address]]), and a list below it. */
export function notice(kind, text, links = [], lines = []) {
  const place = document.querySelector(".desk-notice");
  if (!place) return;
  if (text === null) {
    if (place.dataset.kind === kind) place.hidden = true;
    return;
  }
  const whole = [text, ...lines].join("\n");
  if (!place.hidden && place.dataset.kind === kind && place.dataset.text === whole) return;
  place.dataset.kind = kind;
  place.dataset.text = whole;
  place.replaceChildren(make("span", "", text));
  for (const [label, href] of links) {
    const link = make("a", "", label);
    link.href = href;
    place.append(link);
  }
  const close = make("button", "close", "×");
  close.type = "button";
  close.setAttribute("aria-label", t("desk.close"));
  close.addEventListener("click", () => (place.hidden = true));
  place.append(close);
  if (lines.length) {
    const list = place.appendChild(make("ul"));
    list.tabIndex = 0; // a long one is scrolled by keys too
    list.append(...lines.map((line) => make("li", "", line)));
  }
  place.hidden = false;
}

// A desk stays where it is: what stands on it may still be read.
whenSignedOut(() => {});

/** What a failed request means: the session's end, the network, or what the server said. Answers
 * whether it may be asked again. */
export function failed(error) {
  if (error.code === "access.login") {
    notice("login", t("desk.signed_out"), [[t("desk.sign_in"), signInAddress()]]);
    return false;
  }
  // Somebody is signed in, but not by this page: reading goes on, and only a page made anew may act.
  if (error.code === "access.csrf") {
    notice("stale", error.message, [[t("desk.reload"), location.pathname + location.search]]);
    return false;
  }
  if (!error.status || error.status >= 500) {
    notice("network", t(error.status ? "desk.server_away" : "desk.network_away"));
    return true;
  }
  notice("fault", whyNot(error));
  return false;
}

/** Whether what was asked for may not be seen, or is not there: asking again is of no use. */
export const isOver = ({ status, code }) => status === 404 || (status === 403 && code !== "access.csrf");

/** What was said of the network or the session is over. */
export function well() {
  notice("network", null);
  notice("login", null);
}
