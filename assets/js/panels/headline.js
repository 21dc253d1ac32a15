// The headline: each tile's state, and the comparison with yesterday.

import { t } from "../core/page.js";
import { share } from "../core/format.js";
import { LATE, RISK, mark, write } from "../core/dom.js";
import { coverageState, lateState } from "../core/states.js";

export const stem = "headline";
export const reads = ["cases", "whistles", "patrols", "visits"];

/** State of each tile by its key: late, risk or quiet. */
const states = {
  open: ({ cases }) => (cases.at_risk > 0 ? "risk" : ""),
  overdue: ({ cases }) => (cases.overdue > 0 ? "late" : ""),
  whistles: ({ whistles }) => (whistles.overdue > 0 ? "late" : whistles.at_risk > 0 ? "risk" : ""),
  coverage: ({ patrols }) => coverageState(patrols),
  off_post: ({ patrols }) => (patrols.off_post > 0 ? "risk" : ""),
  visits: ({ visits }) => lateState(visits.overdue.care),
};
const symbols = { late: LATE, risk: RISK, "": "" };

export function mount(element) {
  const tiles = [...element.querySelectorAll("[data-tile]")];
  const special = element.querySelector('[data-metric="visits.overdue.special"]');
  const derived = [...element.querySelectorAll("[data-derived]")];
  return {
    paint(panels) {
      for (const tile of tiles) {
        const state = states[tile.dataset.tile]?.(panels) ?? "";
        mark(tile, "data-state", state);
        write(tile.querySelector(".symbol"), symbols[state]);
      }
      const facts = {
        versus_yesterday: change(panels.cases),
        shift: t(`shift.${panels.patrols.last_shift ?? "none"}`),
        target: share(panels.patrols.target_rate),
      };
      if (special) mark(special, "data-state", lateState(panels.visits.overdue.special));
      for (const each of derived) write(each, facts[each.dataset.derived]);
    },
  };
}

function change({ reported_today: now, reported_yesterday: before }) {
  if (!before) return t("none");
  const value = ((now - before) / before) * 100;
  return `${value > 0 ? "+" : value < 0 ? "−" : ""}${t("percent", { value: Math.abs(value).toFixed(1) })}`;
}
