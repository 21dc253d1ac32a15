// A table of a meeting: as many whole rows as there is room for; how many more there are below it,
// and all of them over the page for whoever asks.

import { rem, root, t } from "../core/page.js";
import { serverNow, timeOfDay } from "../core/clock.js";
import { count, duration, forms } from "../core/format.js";
import { LATE, RISK, Rows, make, mark, show, showBad, style, write } from "../core/dom.js";
import * as dialogs from "./dialogs.js";

const LEAST_REM = 3.5;
const MOST_REM = 7.2;
const FOOT_REM = 1.2;
const REST_REM = 3.4;
const BAD = { late: [LATE, "is-late"], risk: [RISK, "is-risk"] };

export class Table {
  constructor(element, numbers, refresh) {
    Object.assign(this, { element, numbers, rows: element.dataset.rows });
    this.columns = JSON.parse(element.dataset.columns);
    this.body = element.querySelector("tbody");
    this.head = element.querySelector("thead");
    this.rest = element.querySelector(".rest");
    this.empty = element.querySelector(".empty");
    this.list = new Rows(this.body, () => this.build());
    this.rest.addEventListener("click", () => this.rest.dataset.list || this.showAll());
    new ResizeObserver(refresh).observe(element);
  }

  build() {
    const row = make("tr");
    row.cells_ = this.columns.map(({ key, number }) => {
      const numeric = number || this.head.querySelectorAll("th")[this.columns.findIndex((c) => c.key === key)].classList.contains("n");
      const cell = row.appendChild(make(key === "name" ? "th" : "td", numeric ? "n" : ""));
      if (key === "name") cell.scope = "row";
      return cell;
    });
    return row;
  }

  /** Shows rows; `none` says why there are none. `cut` {metric, total}: they are the first ones of so
   * many, all of which are the list behind that number. */
  show(items, none, cut) {
    this.items = items;
    const paper = root.dataset.paper !== undefined;
    const total = cut && !paper ? cut.total : items.length;
    const whole = this.element.getBoundingClientRect().bottom - this.body.getBoundingClientRect().top;
    let room = whole / rem() - FOOT_REM;
    if (room <= LEAST_REM) return;
    if (total > items.length || total > Math.floor(room / LEAST_REM)) room -= REST_REM;
    const fits = Math.max(1, Math.floor(room / LEAST_REM));
    const shown = items.slice(0, fits);
    style(this.element, "--row", `${Math.min(MOST_REM, room / Math.max(1, shown.length)).toFixed(2)}rem`);
    this.list.show(shown, (row, item) => this.paint(row, item));
    this.empty.hidden = items.length > 0;
    write(this.empty, none);
    this.rest.hidden = total <= shown.length;
    write(this.rest, t(paper ? "meeting.rest.paper" : "meeting.rest", { count: total - shown.length }));
    mark(this.rest, "data-list", cut && !paper ? cut.metric : null); // drill.js opens it
    mark(this.rest, "data-value", cut ? cut.total : null);
    mark(this.rest, "title", cut ? this.numbers[cut.metric].title : null);
  }

  /** All rows as they are now, over the page. */
  showAll() {
    const dialog = dialogs.open("rows");
    const size = t("meeting.drill.count", { count: count(this.items.length) });
    dialogs.entitle(dialog, this.element.querySelector("h3").textContent, `${size} · ${timeOfDay(serverNow())}`);
    const table = make("table");
    const body = make("tbody");
    table.append(this.head.cloneNode(true), body);
    for (const item of this.items) {
      const row = body.appendChild(this.build());
      this.paint(row, item);
      for (const button of row.querySelectorAll("button")) {
        const text = make("span", button.className, button.textContent);
        text.title = button.title;
        button.replaceWith(text);
      }
    }
    dialog.querySelector(".list").replaceChildren(table);
  }

  paint(row, item) {
    mark(row, "data-region", item.region ?? null);
    this.columns.forEach((column, i) => this.cell(row.cells_[i], item, column));
  }

  cell(cell, item, { key, number, bad, n }) {
    const value = item[key];
    const metric = item.metrics?.[key] ?? number;
    if (!metric) {
      write(cell, value === undefined || value === null ? t("none") : String(value));
      cell.classList.toggle("words", cell.classList.contains("n") && typeof value === "string");
      if (key === "state" || key === "left") cell.className = item.tone ?? "";
      return;
    }
    const shown = this.number(cell);
    this.write(shown, item, { metric, value, number, bad, n: item.ns?.[key] ?? item[n] });
    // What the archive counted has its list under another name or at another moment.
    const [behind, at] = item.lists?.[key] ?? [null, null];
    mark(shown, "data-list", behind);
    mark(shown, "data-at", at);
  }

  /** What a number stands in: a button, for a list is behind it. */
  number(cell) {
    if (!cell.button) {
      cell.button = cell.appendChild(make("button"));
      cell.button.type = "button";
    }
    return cell.button;
  }

  write(cell, item, { metric, value, number, bad, n }) {
    mark(cell, "data-metric", metric);
    const form = item.form ?? this.numbers[number]?.form ?? "count";
    const means = item.title ?? this.numbers[number].title;
    // The archive knows no n of what it does not hold.
    const size = form === "percent" && n !== null ? `\n${t("n", { n: count(n) })}` : "";
    mark(cell, "title", means + size);
    if (form === "minutes") {
      mark(cell, "data-value", value ?? "");
      write(cell, duration(value));
    } else if (bad) showBad(cell, value, ...BAD[bad]);
    else show(cell, value, form in forms ? form : "count");
  }
}
