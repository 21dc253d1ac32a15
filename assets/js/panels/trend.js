// Today's lines, or a measure over the last weeks. Plotly draws them, at most once a second; Dash
// made the figures' shapes.

import { rem, t } from "../core/page.js";
import { dayOf, fields, serverNow } from "../core/clock.js";
import { mark, write } from "../core/dom.js";
import { raw } from "../core/format.js";
import { History } from "../core/history.js";
import { drawDays } from "../core/history_figure.js";
import { asked, keep } from "../core/navigate.js";

export const stem = "trend";
export const reads = ["cases", "patrols"];
export const slow = true;

const PERIODS = ["7", "30", "90"];
/** Each measure's lines: metric, its present value in the panels of a frame, colour. */
const MEASURES = {
  cases: [
    ["cases.reported_today", ({ cases }) => cases.reported_today, "blue"],
    ["cases.closed_today", ({ cases }) => cases.closed_today, "teal"],
  ],
  on_time: [["cases.on_time_rate", ({ cases }) => cases.on_time_rate, "blue"]],
  coverage: [["patrols.coverage_rate", ({ patrols }) => patrols.coverage_rate, "teal"]],
  overdue: [["cases.overdue", ({ cases }) => cases.overdue, "late"]],
};
const SHARES = new Set(["on_time", "coverage"]);
const METRICS = Object.values(MEASURES).flat().map(([metric]) => metric);

export function mount(element, { wall, refresh }) {
  const slot = element.querySelector(".trend-slot");
  const trend = new Trend(element, slot, wall.dataset.wall, refresh);
  new ResizeObserver(refresh).observe(slot);
  new MutationObserver((_, watch) => {
    if (!ready(slot, ".of-today") || !ready(slot, ".of-days")) return;
    watch.disconnect();
    refresh();
  }).observe(slot, { childList: true, subtree: true, attributes: true, attributeFilter: ["class"] });
  return trend;
}

class Trend {
  constructor(element, slot, region, refresh) {
    Object.assign(this, { element, slot, region, refresh, drawn: "" });
    this.words = element.querySelector(".trend-words");
    this.history = new History(METRICS, refresh);
    this.choices("period", "trend", "today");
    this.choices("measure", "measure", "cases");
  }

  choices(kind, word, usual) {
    for (const chip of this.element.querySelectorAll(`[data-trend-${kind}]`)) {
      const value = chip.getAttribute(`data-trend-${kind}`);
      chip.addEventListener("click", () => {
        keep(word, value === usual ? null : value);
        this.refresh();
      });
    }
  }

  /** What the address asks for. */
  chosen() {
    const days = PERIODS.includes(asked("trend")) ? Number(asked("trend")) : 0;
    return { days, measure: asked("measure") in MEASURES ? asked("measure") : "cases" };
  }

  paint(panels) {
    this.panels = panels;
    const { days, measure } = this.chosen();
    mark(this.slot, "data-value", raw(panels.cases.trend));
    mark(this.element, "data-trend", days ? "days" : "today");
    this.press("period", String(days || "today"));
    this.press("measure", measure);
    const words = days ? this.paintDays(days, measure) : this.paintToday();
    this.words.hidden = !words;
    write(this.words, words);
  }

  press(kind, value) {
    for (const chip of this.element.querySelectorAll(`[data-trend-${kind}]`)) {
      mark(chip, "aria-pressed", String(chip.getAttribute(`data-trend-${kind}`) === value));
    }
  }

  tick(now) {
    const { days } = this.chosen();
    if (days) this.history.need(this.region, days, now);
  }

  paintToday() {
    const { trend } = this.panels.cases;
    this.draw(".of-today", [trend, halfHours()], (graph) => drawToday(graph, trend));
    return "";
  }

  /** Draws the days; answers the words that stand in their place when there are none. */
  paintDays(count, measure) {
    const now = serverNow();
    if (now === null) return "";
    this.history.need(this.region, count, now);
    const { days: found, fault } = this.history;
    if (!found) return fault ? t("panel.trend.failed", { code: fault }) : "";
    const today = dayOf(now);
    const over = found.days.filter((day) => day < today);
    const lines = MEASURES[measure].map(([metric, present, colour]) => ({
      values: [...over.map((_, i) => found.series[metric]?.[i] ?? null), present(this.panels)],
      colour,
    }));
    const none = lines.every(({ values }) => values.slice(0, -1).every((value) => value === null));
    mark(this.slot, "data-days", raw(lines.map(({ values }) => values)));
    this.slot.classList.toggle("without", none);
    if (none) return t("panel.trend.nothing");
    this.draw(".of-days", [over, lines], (graph) => drawDays(graph, [...over, today], lines, SHARES.has(measure)));
    return "";
  }

  draw(which, what, draws) {
    const graph = ready(this.slot, which);
    const key = JSON.stringify([which, this.slot.clientWidth, this.slot.clientHeight, what]);
    if (!graph || key === this.drawn) return;
    this.drawn = key;
    draws(graph);
  }
}

/** Plotly's element once it has a figure. */
function ready(slot, which) {
  const graph = window.Plotly && slot.querySelector(`${which} .js-plotly-plot`);
  return graph?.data && graph.layout ? graph : null;
}

/** How many half-hours of today have begun. */
function halfHours() {
  const { hour, minute } = fields(serverNow() ?? 0);
  return hour * 2 + (minute >= 30 ? 2 : 1);
}

function drawToday(graph, trend) {
  const over = halfHours() - 1; // the one after them runs
  const x = trend.reported.map((_, i) => i + 0.5);
  const data = graph.data.map((line) => {
    const [name, running] = line.name.split("_running");
    const part = running === "" ? [Math.max(0, over - 1), over + 1] : [0, name === "last_week" ? x.length : over];
    const shown = { ...line, x: x.slice(...part), y: trend[name].slice(...part) };
    return running === "" ? { ...shown, marker: { ...line.marker, size: [...(over ? [0] : []), 0.9 * rem()] } } : shown;
  });
  const size = 1.55 * rem();
  const layout = {
    ...graph.layout,
    autosize: true,
    font: { ...graph.layout.font, size },
    margin: { l: 2.2 * size, r: 1.6 * size, t: 0.6 * size, b: 2 * size, pad: 0 },
  };
  for (const line of data) line.line = { ...line.line, width: (line.line.dash === "dot" ? 0.2 : 0.3) * rem() };
  window.Plotly.react(graph, data, layout, { staticPlot: true, displayModeBar: false });
}
