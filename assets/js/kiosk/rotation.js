// A wall that goes over several pages by itself, each for its own time and between its hours.
// The pages come from the address (?pages=…&seconds=…) or from the paired screen's playlist.

import { root } from "../core/page.js";
import { fields, serverNow } from "../core/clock.js";
import { asked, goTo } from "../core/navigate.js";

const SECONDS = 20;
const LEAST_SECONDS = 5;

/** `pages`: [{region, seconds, begin, end}]; `held`: it stays where it is. */
export const state = { pages: [], held: false };
let since = performance.now(); // when the present page came
let shown = null; // its region

const here = () => location.pathname.split("/")[2];

export const isOn = () => state.pages.length > 1;

/** The pages that the address names, if it does. */
export function fromAddress() {
  const codes = asked("pages")?.split(",").filter(Boolean) ?? [];
  const seconds = Math.max(LEAST_SECONDS, Number(asked("seconds")) || SECONDS);
  state.pages = codes.map((region) => ({ region, seconds, begin: "", end: "" }));
}

/** Follows a playlist from now on; a page that is not in it is left at once. An address that names
 * pages goes before. */
export function follow(pages) {
  if (asked("pages") !== null) return;
  const changed = JSON.stringify(pages) !== JSON.stringify(state.pages);
  state.pages = pages;
  if (changed && pages.length && !pages.some(({ region }) => region === here())) go();
}

export function hold(on) {
  state.held = on;
  since = performance.now();
}

/** Whether a page's hours hold now; those that end before they begin go over midnight. */
function isOpen({ begin, end }) {
  if (!begin || !end || begin === end) return true;
  const { hour, minute } = fields(serverNow() ?? Date.now());
  const now = `${String(hour).padStart(2, "0")}:${String(minute).padStart(2, "0")}`;
  return begin < end ? begin <= now && now < end : begin <= now || now < end;
}

/** Goes to the next page whose hours hold, unless that is the present one. */
function go() {
  since = performance.now();
  const { pages } = state;
  const at = pages.findIndex(({ region }) => region === here());
  const next = [...pages.slice(at + 1), ...pages.slice(0, at + 1)].find(isOpen);
  if (next && next.region !== here()) goTo(next.region, { instead: true });
}

/** Called twice a second. `free`: nothing keeps the page where it is. A page that is not live
 * stays too: the last picture is worth more than none. */
export function look(free) {
  const region = here();
  const lost = root.dataset.live !== "live" && !document.querySelector("[data-error]");
  if (region !== shown || !free || state.held || lost) {
    shown = region;
    since = performance.now();
    return;
  }
  const page = state.pages.find((each) => each.region === region) ?? state.pages[0];
  if (page && performance.now() - since >= page.seconds * 1000) go();
}
