// A list of a page: rows made anew when what they show has changed, the focus kept where it was.

import { dayOf, timeOfDay } from "../core/clock.js";
import { t } from "../core/page.js";
import { make, write } from "../core/dom.js";

/** An instant as desks write it, 11-23 15:10, with its year when it is not this year's; a text for none. */
export function moment(text) {
  if (!text) return t("none");
  const ms = Date.parse(text);
  const [day, time] = [dayOf(ms), timeOfDay(ms).slice(0, 5)];
  return `${day.slice(0, 4) === dayOf(Date.now()).slice(0, 4) ? day.slice(5) : day} ${time}`;
}

/** A cell's text with a class, and a title that may say more. */
export const cell = (text, className = "", title = "") => ({ text, className, title });

export class Table {
  /** `section` as layouts/manage/frame.py makes it; `cellsOf(item)` answers a cell or a text for each
   * column, and for the last one of a list with actions its [{name, text, run}]. */
  constructor(section, cellsOf) {
    Object.assign(this, { section, cellsOf, told: "" });
    this.body = section.querySelector("tbody");
    this.columns = section.querySelectorAll("th").length;
  }

  note(text) {
    write(this.section.querySelector(".note"), text);
  }

  show(items) {
    const told = JSON.stringify(items);
    if (told === this.told) return;
    this.told = told;
    const focus = document.activeElement?.dataset?.row;
    this.body.replaceChildren(...(items.length ? items.map((item) => this.row(item)) : [this.none()]));
    if (focus) this.body.querySelector(`[data-row="${CSS.escape(focus)}"]`)?.focus();
  }

  row(item) {
    const row = make("tr");
    row.dataset.id = item.id ?? item.n;
    for (const each of this.cellsOf(item)) row.append(Array.isArray(each) ? actions(each, item) : written(each));
    return row;
  }

  none() {
    const row = make("tr", "none");
    const only = row.appendChild(make("td", "quiet", this.section.dataset.empty));
    only.colSpan = this.columns;
    return row;
  }
}

function written(each) {
  const { text, className, title } = typeof each === "string" ? cell(each) : each;
  const element = make("td", className, text);
  element.title = title || text;
  return element;
}

function actions(list, item) {
  const element = make("td", "of-do");
  for (const { name, text, run } of list) {
    const button = make("button", "act", text);
    button.type = "button";
    button.dataset.act = name;
    button.dataset.row = `${item.id} ${name}`;
    button.addEventListener("click", () => run(item));
    element.append(button);
  }
  return element;
}
