// Alerts: critical and unseen ones stand out; the rest is bound by name.

import { RISK, showBad } from "../core/dom.js";

export const stem = "alerts";
export const reads = ["alerts"];

export function mount(element) {
  const cells = [...element.querySelectorAll("[data-metric]")];
  for (const cell of cells) delete cell.dataset.form;
  const of = (end) => cells.find((cell) => cell.dataset.metric.endsWith(end));
  const [critical, warning, info, unseen] = [".critical", ".warning", ".info", ".unacknowledged"].map(of);
  return {
    paint({ alerts }) {
      showBad(critical, alerts.active.critical);
      showBad(warning, alerts.active.warning, RISK, "is-risk");
      showBad(info, alerts.active.info, "", "plain");
      showBad(unseen, alerts.unacknowledged, RISK, "is-risk");
    },
  };
}
