// Open cases by stage and age, the fuller cells brighter.

import { t } from "../core/page.js";
import { Rows, make, mark, metricCell, show, write } from "../core/dom.js";

export const stem = "ages";
export const reads = ["cases"];
const STAGES = ["reported", "accepted", "filed", "dispatched", "handling", "handled"];
const AGES = ["h4", "h24", "d3", "more"];

export function mount(element) {
  const rows = new Rows(element.querySelector(".rows"), build);
  return {
    paint({ cases }) {
      const most = Math.max(1, ...STAGES.flatMap((stage) => AGES.map((age) => cases.age[stage][age])));
      rows.show(STAGES, (row, stage) => paint(row, stage, cases, most));
    },
  };
}

function build() {
  const row = make("div", "row");
  row.name = make("span", "name");
  row.cells = AGES.map(() => metricCell("", "heat"));
  row.sum = metricCell("");
  row.append(row.name, ...row.cells, row.sum);
  return row;
}

function paint(row, stage, cases, most) {
  write(row.name, t(`panel.loop.cases.stage.${stage}`));
  AGES.forEach((age, i) => {
    const value = cases.age[stage][age];
    row.cells[i].dataset.metric = `cases.age.${stage}.${age}`;
    show(row.cells[i], value);
    mark(row.cells[i], "data-heat", value ? Math.ceil((3 * value) / most) : 0);
  });
  row.sum.dataset.metric = `cases.stage.${stage}`;
  show(row.sum, cases.stage[stage]);
}
