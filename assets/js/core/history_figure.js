// Draws days: a measure's lines up to yesterday, and dotted to what today has come to so far.

import { rem, t, token } from "./page.js";
import { dayStart, fields } from "./clock.js";

const FEW = 31;
const MONDAY = 1;
const LABEL = 3.6; // the width that a label needs, in its letters' height

/** Draws into Plotly's element. `lines`: [{values, colour}], one or two, each with a value a day,
 * today's the last; `days`: their dates; `share`: whether they are shares of one. */
export function drawDays(graph, days, lines, share) {
  const size = 1.55 * rem();
  const data = graph.data.map((trace) => ({ ...trace, ...traceOf(trace, days.length, lines) }));
  const layout = {
    ...graph.layout,
    autosize: true,
    font: { ...graph.layout.font, size },
    margin: { l: 3 * size, r: 1.6 * size, t: 0.8 * size, b: 2 * size, pad: 0 },
    xaxis: { ...graph.layout.xaxis, range: [-0.5, days.length - 0.5], ...ticks(days, graph.clientWidth / size) },
    yaxis: { ...graph.layout.yaxis, ...heights(lines, share) },
    shapes: weekends(days),
  };
  window.Plotly.react(graph, data, layout, { staticPlot: true, displayModeBar: false });
}

function traceOf({ name, line, marker }, count, lines) {
  const [which, today] = name.split("_");
  const chosen = lines[which === "first" ? 0 : 1];
  if (!chosen) return { x: [], y: [] };
  const colour = token(chosen.colour);
  const last = count - 1;
  const from = today ? Math.max(0, last - 1) : 0;
  const x = Array.from({ length: today ? 2 : last }, (_, i) => from + i);
  const dots = today ? { ...marker, color: colour, size: [0, 1.1 * rem()] } : { color: colour, size: 0.7 * rem() };
  return {
    x,
    y: x.map((i) => chosen.values[i] ?? null),
    mode: today || count <= FEW ? "lines+markers" : "lines",
    line: { ...line, color: colour, width: (today ? 0.2 : 0.3) * rem() },
    marker: dots,
  };
}

function heights(lines, share) {
  if (!share) return { autorange: true, rangemode: "tozero", tickformat: ",d" };
  const least = Math.min(1, ...lines.flatMap(({ values }) => values.filter((value) => value !== null)));
  return { autorange: false, range: [Math.max(0, Math.floor(least * 20 - 0.5) / 20), 1.005], tickformat: ".0%" };
}

/** Each day of a week; of more their Mondays, as many as there is room for; and always today.
 * `room`: the width in letters' heights. */
function ticks(days, room) {
  const last = days.length - 1;
  const near = Math.ceil((days.length * LABEL) / room);
  const every = 7 * Math.ceil(near / 7);
  const mondays = days.map((_, i) => i).filter((i) => weekday(days[i]) === MONDAY && last - i >= near);
  const newest = mondays.at(-1) ?? 0;
  const some = days.length <= 7 ? days.map((_, i) => i).slice(0, last) : mondays.filter((i) => (newest - i) % every === 0);
  const text = (day) => {
    const { month, day: date } = fields(dayStart(day));
    return t("panel.trend.day", { month, day: date });
  };
  return { tickangle: 0, tickvals: [...some, last], ticktext: [...some.map((i) => text(days[i])), t("panel.trend.today")] };
}

const weekday = (day) => fields(dayStart(day)).weekday;

/** A ground behind Saturdays and Sundays. */
function weekends(days) {
  const off = days.map((_, i) => i).filter((i) => [0, 6].includes(weekday(days[i])));
  return off.map((i) => ({
    type: "rect", xref: "x", yref: "paper", x0: i - 0.5, x1: i + 0.5, y0: 0, y1: 1, layer: "below",
    line: { width: 0 }, fillcolor: token("weekend"),
  }));
}
