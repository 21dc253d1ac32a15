// The pages of a playlist: which wall, how long, between which hours; moved by buttons, or by Alt and
// the arrow keys.

import { clockText, momentPart, readTime } from "../core/day_fields.js";
import { t } from "../core/page.js";
import { make } from "../core/dom.js";
import { choicesOf } from "./fields.js";

const FRESH = { region: "", seconds: 20, begin: "", end: "" };

export function pagesField(value) {
  const element = make("div", "playlist-pages");
  const list = element.appendChild(make("ol"));
  const add = element.appendChild(Object.assign(make("button", "tool", t("manage.playlists.add")), { type: "button" }));
  add.addEventListener("click", () => line(list, FRESH).querySelector("select").focus());
  for (const page of value.length ? value : [FRESH]) line(list, page);
  return { element, read: () => [...list.children].map((each) => each.read()) };
}

function line(list, page) {
  const row = list.appendChild(make("li"));
  const region = named(choicesOf("regions"), "region");
  if (page.region) region.value = page.region;
  const seconds = named(Object.assign(make("input"), { type: "number", min: 5, max: 3600, required: true, value: page.seconds }), "seconds");
  const [begin, end] = ["begin", "end"].map((name) => named(Object.assign(momentPart("clock"), { value: page[name] }), name));
  const both = () => {
    // One hour without the other would say nothing.
    begin.required = end.required = Boolean(begin.value.trim() || end.value.trim());
    for (const each of [begin, end]) each.setCustomValidity(each.value.trim() && clockOf(each) === null ? t("field.clock") : "");
  };
  for (const each of [begin, end]) each.addEventListener("input", both);
  both();
  row.append(region, seconds, make("span", "", t("manage.playlists.seconds")), begin, make("span", "", "–"), end);
  for (const [name, step] of [["up", -1], ["down", 1]]) row.append(mover(row, name, step));
  const drop = row.appendChild(iconButton("drop"));
  drop.addEventListener("click", () => remove(list, row));
  row.addEventListener("keydown", (event) => {
    const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (!event.altKey || !step) return;
    event.preventDefault();
    move(row, step, event.target);
  });
  row.read = () => ({ region: region.value, seconds: seconds.valueAsNumber, begin: clockOf(begin) ?? "", end: clockOf(end) ?? "" });
  return row;
}

function clockOf({ value }) {
  const ms = readTime(value);
  return ms === null ? null : clockText(ms);
}

function named(control, name) {
  control.setAttribute("aria-label", t(`manage.playlists.page.${name}`));
  control.title = t(`manage.playlists.page.${name}`);
  control.dataset.part = name;
  return control;
}

function iconButton(name) {
  const button = make("button", "act", { up: "↑", down: "↓", drop: "×" }[name]);
  button.type = "button";
  return named(button, name);
}

function mover(row, name, step) {
  const button = iconButton(name);
  button.addEventListener("click", () => move(row, step, button));
  return button;
}

/** Moves a row among its neighbours; the focus goes along. */
function move(row, step, focus) {
  const other = step < 0 ? row.previousElementSibling : row.nextElementSibling;
  if (!other) return;
  if (step < 0) other.before(row);
  else other.after(row);
  focus.focus();
}

function remove(list, row) {
  if (list.children.length === 1) return;
  (row.nextElementSibling ?? row.previousElementSibling).querySelector("select").focus();
  row.remove();
}
