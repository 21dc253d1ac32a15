// The regions below, row by row; a click goes to the wall of one.

import { shortName } from "../core/page.js";
import { goTo } from "../core/navigate.js";
import { Fit, LATE, Rows, make, metricCell, show, showBad, write } from "../core/dom.js";

export const stem = "compare";
export const reads = ["compare", "patrols"];
const ROW_REM = 2.6;
const NUMBERS = [
  ["open", "cases.open"],
  ["overdue", "cases.overdue", true],
  ["whistles_open", "whistles.open"],
  ["coverage_rate", "patrols.coverage_rate"],
  ["visits_due", "visits.due_today.care"],
  ["visits_overdue", "visits.overdue.care", true],
];

export function mount(element, { refresh }) {
  const host = element.querySelector(".rows");
  // Functional zones are compared, but have no wall of their own.
  const walls = new Set(host.closest("[data-walls]").dataset.walls.split(" "));
  const fit = new Fit(host, ROW_REM, refresh);
  const rows = new Rows(host, build);
  return {
    paint({ compare, patrols }) {
      rows.show(compare.slice(0, fit.count), (row, item) => paint(row, item, patrols.alarm_rate, walls));
    },
  };
}

function build() {
  const row = make("div", "row");
  row.name = make("span", "name");
  row.cells = NUMBERS.map(([, name]) => metricCell(name));
  row.append(row.name, ...row.cells);
  row.addEventListener("click", () => row.hasAttribute("data-href") && goTo(row.dataset.region));
  return row;
}

function paint(row, item, alarm, walls) {
  row.dataset.region = item.region;
  row.toggleAttribute("data-href", walls.has(item.region));
  write(row.name, shortName(item.name));
  NUMBERS.forEach(([key, , bad], i) => {
    const cell = row.cells[i];
    if (bad) showBad(cell, item[key]);
    else if (key === "coverage_rate") paintCoverage(cell, item[key], alarm);
    else show(cell, item[key]);
  });
}

function paintCoverage(cell, rate, alarm) {
  const low = rate !== null && rate < alarm;
  show(cell, rate, "share");
  if (low) write(cell, `${LATE} ${Math.round(rate * 100)}%`);
  cell.classList.toggle("is-late", low);
}
