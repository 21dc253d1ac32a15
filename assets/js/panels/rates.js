// The three rates: as many of the first as fit, and the last.

import { shortName } from "../core/page.js";
import { Fit, Rows, make, mark, metricCell, show, write } from "../core/dom.js";

export const stem = "rates";
export const reads = ["rates"];
const ROW_REM = 2.8;
const RATES = ["response_rate", "resolution_rate", "satisfaction_rate"];

export function mount(element, { refresh }) {
  const host = element.querySelector(".rows");
  const fit = new Fit(host, ROW_REM, refresh);
  const rows = new Rows(host, build);
  return {
    paint({ rates }) {
      const all = rates.by_child.filter((each) => each.n > 0);
      const shown = firstAndLast(all, fit.count);
      const last = Math.max(0, ...all.map((each) => each.rank ?? 0));
      rows.show(shown, (row, item, i) => paint(row, item, i > 0 && shown[i - 1].rank + 1 < item.rank, last));
    },
  };
}

/** The first ones and the last ranked, `room` in all. */
function firstAndLast(all, room) {
  if (all.length <= room) return all;
  const ranked = all.filter((each) => each.rank !== null);
  if (ranked.length <= room) return all.slice(0, room);
  const tail = Math.max(1, Math.floor(room / 3));
  return [...ranked.slice(0, room - tail), ...ranked.slice(-tail)];
}

function build() {
  const row = make("div", "row");
  row.rank = make("span", "rank");
  row.name = make("span", "name");
  row.cells = RATES.map((rate) => metricCell(`cases.${rate}`));
  row.append(row.rank, row.name, ...row.cells);
  return row;
}

function paint(row, item, gap, last) {
  row.dataset.region = item.region;
  mark(row, "data-gap", gap ? "" : null);
  mark(row, "data-last", item.rank !== null && item.rank === last && last > 1 ? "" : null);
  write(row.rank, item.rank === null ? "–" : String(item.rank));
  write(row.name, shortName(item.name));
  RATES.forEach((rate, i) => {
    show(row.cells[i], item[rate]);
    write(row.cells[i], item[rate] === null ? "—" : (item[rate] * 100).toFixed(1));
  });
}
