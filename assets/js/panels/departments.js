// Departments, most overdue first.

import { Fit, Rows, make, metricCell, show, showBad, write } from "../core/dom.js";

export const stem = "departments";
export const reads = ["whistles"];
const ROW_REM = 2.8;

export function mount(element, { refresh }) {
  const host = element.querySelector(".rows");
  const fit = new Fit(host, ROW_REM, refresh);
  const rows = new Rows(host, build);
  return {
    paint({ whistles }) {
      const all = Object.entries(whistles.department).slice(0, fit.count);
      rows.show(all, (row, [name, { open, overdue }]) => {
        write(row.name, name);
        row.open.dataset.metric = `whistles.department.${name}.open`;
        row.overdue.dataset.metric = `whistles.department.${name}.overdue`;
        show(row.open, open);
        showBad(row.overdue, overdue);
      });
    },
  };
}

function build() {
  const row = make("div", "row");
  row.name = make("span", "name");
  row.open = metricCell("");
  row.overdue = metricCell("");
  row.append(row.name, row.open, row.overdue);
  return row;
}
