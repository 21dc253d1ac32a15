// The large numbers: their state, the line below each, their definition and n on hover.

import { t } from "../core/page.js";
import { count, raw, share } from "../core/format.js";
import { LATE, RISK, mark, write } from "../core/dom.js";
import { coverageState, lateState, some } from "../core/states.js";

/** The value of a metric in a frame's panels. */
export const at = (panels, metric) => metric.split(".").reduce((part, step) => part?.[step], panels);

/** State of a number by its name: late, risk or nothing. */
function stateOf(metric, panels) {
  const value = at(panels, metric);
  if (metric === "patrols.coverage_rate") return coverageState(panels.patrols);
  if (/overdue/.test(metric) || metric.endsWith(".critical")) return lateState(value);
  if (/at_risk|off_post|unacknowledged/.test(metric)) return some(value) ? "risk" : "";
  return "";
}

const subs = {
  versus: ({ cases: { reported_today: now, reported_yesterday: before } }) => {
    if (!before) return t("meeting.versus", { change: t("none") });
    const change = ((now - before) / before) * 100;
    const sign = change > 0 ? "+" : change < 0 ? "−" : "";
    return t("meeting.versus", { change: sign + t("percent", { value: Math.abs(change).toFixed(1) }) });
  },
  new_today: ({ cases }) => t("meeting.overdue.today", { count: count(cases.overdue_new_today) }),
  risk: ({ whistles }) => t("meeting.risk", { count: count(whistles.at_risk) }),
  target: ({ patrols }) => `${t("meeting.target", { target: share(patrols.target_rate) })} · ${t("n", { n: count(patrols.expected) })}`,
  expected: ({ patrols }) => t("meeting.of", { count: count(patrols.expected) }),
  special: ({ visits: { overdue } }) => {
    const told = t("meeting.special", { count: count(overdue.special) });
    return lateState(overdue.special) ? `${LATE} ${told}` : told;
  },
};

export class Figures {
  constructor(element, numbers) {
    this.numbers = numbers;
    this.all = [...element.querySelectorAll(".figure")].map((figure) => ({
      figure, metric: figure.dataset.figure, symbol: figure.querySelector(".symbol"),
      sub: figure.querySelector(".sub"),
    }));
  }

  paint(panels) {
    for (const { figure, metric, symbol, sub } of this.all) {
      const state = stateOf(metric, panels);
      mark(figure, "data-state", state || null);
      write(symbol, { late: ` ${LATE}`, risk: ` ${RISK}` }[state] ?? "");
      const n = this.n(metric, panels);
      const said = subs[sub.dataset.sub]?.(panels) ?? (sub.dataset.sub === "n" ? n : "");
      write(sub, said);
      if (sub.dataset.sub === "special") mark(sub, "data-state", lateState(panels.visits.overdue.special) || null);
      if (sub.dataset.list) mark(sub, "data-value", raw(at(panels, sub.dataset.list)));
      mark(figure, "title", [this.numbers[metric].title, n, t("meeting.drill.open")].filter(Boolean).join("\n"));
    }
  }

  /** The n of a rate, in words. */
  n(metric, panels) {
    const { form, of } = this.numbers[metric];
    if (form !== "percent") return "";
    return t("n", { n: count(of.reduce((sum, name) => sum + (at(panels, name) ?? 0), 0)) });
  }
}
