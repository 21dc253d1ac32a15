// People in care: overdue visits stand out, their counts are bound by their names.

import { showBad } from "../core/dom.js";

export const stem = "people";
export const reads = ["people", "visits"];

export function mount(element) {
  const overdue = [...element.querySelectorAll('[data-metric^="visits.overdue."]')];
  for (const cell of overdue) delete cell.dataset.form;
  return {
    paint({ visits }) {
      for (const cell of overdue) showBad(cell, visits.overdue[cell.dataset.metric.split(".")[2]]);
    },
  };
}
