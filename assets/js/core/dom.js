// Writing to the page: only what changed.

import { rem } from "./page.js";
import { forms, raw } from "./format.js";

export function make(tag, className = "", text = "") {
  const element = document.createElement(tag);
  if (className) element.className = className;
  if (text) element.textContent = text;
  return element;
}

/** Sets the text; answers whether it changed. */
export function write(element, text) {
  if (element.lastText === text) return false;
  element.lastText = text;
  element.textContent = text;
  return true;
}

/** Sets an attribute, or takes it away for null. */
export function mark(element, name, value) {
  if (value === null || value === false) {
    if (element.hasAttribute(name)) element.removeAttribute(name);
  } else if (element.getAttribute(name) !== String(value)) element.setAttribute(name, value);
}

/** Sets one style property. */
export function style(element, name, value) {
  const kept = (element.lastStyle ??= {});
  if (kept[name] === value) return;
  kept[name] = value;
  element.style.setProperty(name, value);
}

/** Writes a metric's value; answers whether its text changed. */
export function show(element, value, form = "count") {
  mark(element, "data-value", raw(value));
  return write(element, forms[form](value));
}

/** A table: headings, and rows of texts (or elements). */
export function tableOf(heads, rows) {
  const table = make("table");
  const head = table.appendChild(make("thead")).appendChild(make("tr"));
  for (const text of heads) head.append(Object.assign(make("th", "", text), { scope: "col" }));
  const body = table.appendChild(make("tbody"));
  for (const cells of rows) {
    const row = body.appendChild(make("tr"));
    for (const cell of cells) row.appendChild(make("td")).append(cell);
  }
  return table;
}

/** An empty element that names its metric. */
export function metricCell(name, className = "n") {
  const element = make("span", className);
  element.dataset.metric = name;
  return element;
}

export const LATE = "▲";
export const RISK = "◆";
export const GOOD = "●";

/** A count that is bad when there is any: red with its symbol, quiet when none. */
export function showBad(element, value, symbol = LATE, className = "is-late") {
  const bad = value !== 0 && value !== null && value !== undefined && value !== "*";
  mark(element, "data-value", raw(value));
  write(element, bad ? `${symbol} ${forms.count(value)}` : forms.count(value));
  element.classList.toggle(className, bad);
  element.classList.toggle("quiet", value === 0);
}

/** Rolls a number into its place, at most once a second. */
export function roll(element) {
  const now = performance.now();
  if (now - (element.rolledAt ?? 0) < 1000) return;
  element.rolledAt = now;
  const second = element.classList.contains("rolled-a");
  element.classList.toggle("rolled-a", !second);
  element.classList.toggle("rolled-b", second);
}

/** A list whose rows are made once and used again by place. `build()` answers an element whose
 * parts the painter wrote into its properties. */
export class Rows {
  constructor(host, build) {
    this.host = host;
    this.build = build;
    this.rows = [];
    this.empty = null;
  }

  /** Shows `items`, painting each by `paint(row, item, index)`; the text for none when empty. */
  show(items, paint) {
    while (this.rows.length < items.length) {
      const row = this.build();
      this.rows.push(row);
      this.host.append(row);
    }
    this.rows.forEach((row, i) => {
      row.hidden = i >= items.length;
      if (i < items.length) paint(row, items[i], i);
    });
    if (this.host.dataset.empty) this.tellEmpty(items.length === 0);
  }

  tellEmpty(none) {
    this.empty ??= this.host.appendChild(make("div", "empty", this.host.dataset.empty));
    this.empty.hidden = !none;
  }
}

/** How many whole rows of `rowRem` fit into `host`; calls `changed` when that becomes another. */
export class Fit {
  constructor(host, rowRem, changed) {
    this.count = 0;
    const measure = () => {
      const count = Math.max(1, Math.floor((host.clientHeight + 1) / (rowRem * rem())));
      if (host.clientHeight === 0 || count === this.count) return;
      this.count = count;
      changed();
    };
    new ResizeObserver(measure).observe(host);
    measure();
  }
}
