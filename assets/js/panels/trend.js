// Today's lines. Plotly draws them, at most once a second; Dash made the figure's shape.

import { rem } from "../core/page.js";
import { fields, serverNow } from "../core/clock.js";
import { mark } from "../core/dom.js";
import { raw } from "../core/format.js";

export const stem = "trend";
export const reads = ["cases"];
export const slow = true;

export function mount(element, { refresh }) {
  const slot = element.querySelector(".trend-slot");
  new ResizeObserver(refresh).observe(slot);
  new MutationObserver((_, watch) => {
    if (!ready(slot)) return;
    watch.disconnect();
    refresh();
  }).observe(slot, { childList: true, subtree: true, attributes: true, attributeFilter: ["class"] });
  let drawn = "";
  return {
    paint({ cases: { trend } }) {
      mark(slot, "data-value", raw(trend));
      const graph = ready(slot);
      const key = JSON.stringify([trend, slot.clientWidth, slot.clientHeight, halfHours()]);
      if (!graph || key === drawn) return;
      drawn = key;
      draw(graph, trend);
    },
  };
}

/** Plotly's element once it has a figure. */
function ready(slot) {
  const graph = window.Plotly && slot.querySelector(".js-plotly-plot");
  return graph?.data && graph.layout ? graph : null;
}

/** How many half-hours of today have begun. */
function halfHours() {
  const { hour, minute } = fields(serverNow() ?? 0);
  return hour * 2 + (minute >= 30 ? 2 : 1);
}

function draw(graph, trend) {
  const past = halfHours();
  const x = trend.reported.map((_, i) => i + 0.5);
  const data = graph.data.map((line) => {
    const today = line.name !== "last_week";
    const y = trend[line.name];
    return { ...line, x: today ? x.slice(0, past) : x, y: today ? y.slice(0, past) : y };
  });
  const size = 1.55 * rem();
  const layout = {
    ...graph.layout,
    autosize: true,
    font: { ...graph.layout.font, size },
    margin: { l: 2.2 * size, r: 1.6 * size, t: 0.6 * size, b: 2 * size, pad: 0 },
  };
  for (const line of data) line.line = { ...line.line, width: (line.name === "last_week" ? 0.2 : 0.3) * rem() };
  window.Plotly.react(graph, data, layout, { staticPlot: true, displayModeBar: false });
}
