// The grid whose worker is on leave: found by a part of its name or code in a list of all grids of
// one's own, each with how today's patrols of it stand once that is known.

import { get } from "../core/ask.js";
import { t } from "../core/page.js";
import { make } from "../core/dom.js";

const SHOWN = 7; // lines of the list
const MOST = 1000; // grids of which the patrols are asked for: a street has some hundred
const STREET = 9; // digits of its code

export function gridField(name, { row, region, grids }) {
  const here = row?.region?.length === 15 ? row.region : "";
  const element = make("div", "line grid-choice");
  const input = make("input");
  Object.assign(input, { type: "search", placeholder: t("desk.grid_find"), autocomplete: "off" });
  input.setAttribute("aria-label", t("desk.grid_find"));
  const list = make("select");
  Object.assign(list, { required: true, size: SHOWN });
  list.setAttribute("aria-label", t("desk.data.grid"));
  const states = new Map();
  const paint = () => fill(list, found(grids, input.value), states, here);
  input.addEventListener("input", paint);
  input.addEventListener("keydown", (event) => toList(event, list));
  paint();
  patrols(region, states).then(paint, () => {}); // the list does without
  element.append(make("span", "", t("desk.data.grid")), input, list);
  return { name, element, value: () => null, region: () => list.value };
}

function found(grids, text) {
  const words = text.trim().toLowerCase().split(/\s+/);
  return grids.filter(([code, place]) => words.every((word) => code.includes(word) || place.toLowerCase().includes(word)));
}

/** Writes the list anew; what was chosen stays chosen, and what is the only one is chosen. */
function fill(list, grids, states, here) {
  const chosen = list.value || here;
  list.replaceChildren(...grids.map(([code, place]) => {
    const option = make("option", "", [place, states.get(code)].filter(Boolean).join(" · "));
    Object.assign(option, { value: code, title: code, selected: code === chosen || grids.length === 1 });
    return option;
  }));
}

/** From the search into the list; Enter takes its first line. */
function toList(event, list) {
  if (!["ArrowDown", "Enter"].includes(event.key) || !list.options.length) return;
  event.preventDefault();
  if (list.selectedIndex < 0) list.selectedIndex = 0;
  list.focus();
}

/** How the patrols of each expected grid stand today, by its code. */
async function patrols(region, states) {
  if (region.length < STREET) return;
  const { rows } = await get(`/api/v1/drill/${region}?metric=patrols.expected&end=${MOST}`);
  for (const { key, shift } of rows) states.set(key, shift);
}
