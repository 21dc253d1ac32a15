// A meeting's charts, drawn by Plotly in the page's colours: lines along time, shares as dots along
// names. Each point says its number on hover, and a rate its n. The way to the step of time that is not
// over is dotted and ends in a hollow point, so that nobody takes it for a fall.

import { rem, root, t, token } from "../core/page.js";
import { dayStart, fields } from "../core/clock.js";
import { count, percent } from "../core/format.js";

// The third line is what was; the third kind of dots is one of its own.
const COLOURS = { lines: ["blue", "teal", "text-note"], dots: ["blue", "teal", "past"] };
const WAS = 2;
let plotly = null;

/** Plotly, once it could be had; tells whether it is there. */
export function loadPlotly(address) {
  plotly ??= new Promise((done) => {
    const script = document.createElement("script");
    script.src = address;
    script.addEventListener("load", () => done(true), { once: true });
    script.addEventListener("error", () => {
      plotly = null;
      done(false);
    }, { once: true });
    document.head.append(script);
  });
  return plotly;
}

export class Chart {
  constructor(element, numbers, refresh) {
    this.element = element;
    this.canvas = element.querySelector(".canvas");
    this.words = element.querySelector(".words");
    this.series = JSON.parse(element.dataset.series);
    const told = element.querySelectorAll(".key span:not(.running)");
    this.called = this.series.map(({ number }, i) => told[i]?.textContent ?? numbers[number].name);
    this.rates = this.series.map(({ number }) => numbers[number].form === "percent");
    this.drawn = "";
    new ResizeObserver(refresh).observe(this.canvas);
  }

  /** Whether it is drawn, or says why not. */
  get settled() { return this.drawn !== "" || !this.words.hidden; }
  get rows() { return this.element.dataset.rows; }
  get kind() { return this.element.dataset.kind; }

  /** Draws `names` along one axis and the values of each series, `ns` theirs of rates; nothing new is
   * drawn twice. */
  show(names, values, ns) {
    const { clientWidth: width, clientHeight: height } = this.canvas;
    const key = JSON.stringify([width, height, root.dataset.theme, names, values, ns]);
    if (!window.Plotly || !width || !height || key === this.drawn) return;
    this.drawn = key;
    this.words.hidden = true;
    this.element.dataset.value = JSON.stringify(values);
    const told = values.map((each, i) => this.told(i, names, each, ns[i]));
    const [data, layout] = this.kind === "dots" ? this.dots(names, values, told) : this.lines(names, values, told);
    const size = 2.4 * rem();
    const colour = token("text-2");
    const whole = {
      // Said anew each time: Plotly measures its place only once.
      width, height, paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: "rgba(0,0,0,0)", showlegend: false,
      font: { family: token("sans"), size, color: colour },
      margin: { l: 4 * size, r: size, t: size, b: 2.2 * size, pad: 0 },
      hovermode: "closest", hoverdistance: 60, dragmode: false,
      hoverlabel: {
        bgcolor: token("raised"), bordercolor: token("hairline"), font: { family: token("sans"), size, color: token("text") },
      },
      ...layout,
    };
    window.Plotly.react(this.canvas, data, whole, { displayModeBar: false, doubleClick: false, showTips: false });
  }

  /** What each point of a series says. */
  told(series, names, values, ns) {
    return values.map((value, i) => {
      const shown = this.rates[series] ? percent(value) : count(value);
      const n = this.rates[series] ? ` · ${t("n", { n: count(ns?.[i]) })}` : "";
      const running = this.runs(series) && i === values.length - 1 ? ` · ${t(`meeting.chart.running.${this.rows}`)}` : "";
      return `${nameOf(names[i])} · ${this.called[series]} ${shown}${n}${running}`;
    });
  }

  /** Whether the last value of a series is that of a step which is not over. */
  runs(series) { return this.kind === "lines" && series !== WAS; }

  lines(names, values, told) {
    const share = this.rates[0];
    const data = values.flatMap((y, i) => {
      const colour = token(COLOURS.lines[i]);
      const part = (from, to) => ({ x: names.slice(from, to), y: y.slice(from, to), text: told[i].slice(from, to), hoverinfo: "text" });
      const over = this.runs(i) ? y.length - 1 : y.length;
      const whole = {
        ...part(0, over), mode: names.length > 31 ? "lines" : "lines+markers",
        line: { color: colour, width: 0.4 * rem(), dash: i === WAS ? "dot" : "solid" },
        marker: { color: colour, size: 0.9 * rem() },
      };
      const running = {
        ...part(Math.max(0, over - 1), y.length), mode: "lines+markers",
        line: { color: colour, width: 0.3 * rem(), dash: "dot" },
        marker: { color: colour, size: [...(over > 0 ? [0] : []), 1.3 * rem()], symbol: "circle-open", line: { width: 0.3 * rem() } },
      };
      return over < y.length ? [whole, running] : [whole];
    });
    const axis = { zeroline: false, fixedrange: true, color: token("text-2"), ticklabelstandoff: Math.round(0.6 * rem()) };
    const yaxis = { ...axis, gridcolor: token("hairline"), nticks: 5, rangemode: "tozero", tickformat: share ? ".0%" : ",d" };
    if (share) yaxis.range = [least(values), 1.01];
    return [data, { xaxis: { ...axis, showgrid: false, ...ticks(names) }, yaxis }];
  }

  /** Shares as dots, for their axis begins where they differ: bars would lie about their sizes. */
  dots(names, values, told) {
    const size = Math.min(2.4, Math.max(1.9, this.canvas.clientHeight / rem() / names.length / 1.6)) * rem();
    const data = values.map((x, i) => ({
      mode: "markers", y: names, x, text: told[i], hoverinfo: "text", cliponaxis: false,
      marker: { color: token(COLOURS.dots[i]), size: 1.7 * rem(), symbol: ["circle", "diamond", "square"][i] },
    }));
    const axis = { zeroline: false, fixedrange: true, color: token("text-2"), gridcolor: token("hairline") };
    const widest = Math.max(...names.map((name) => name.length));
    return [data, {
      font: { family: token("sans"), size, color: token("text-2") },
      margin: { l: (widest + 1) * size, r: 1.6 * size, t: size / 2, b: 2 * size, pad: 0 },
      xaxis: { ...axis, range: [least(values), 1.005], tickformat: ".0%", nticks: 6 },
      yaxis: { ...axis, range: [names.length - 0.4, -0.6], tickmode: "array", tickvals: names, ticktext: names },
    }];
  }

  say(text) {
    this.words.hidden = !text;
    this.words.textContent = text;
  }
}

/** Where an axis of shares begins: at a round value below all of them, so that differences show. */
function least(values) {
  const all = values.flat().filter((value) => typeof value === "number");
  return all.length ? Math.max(0, Math.floor(Math.min(...all) * 10 - 0.2) / 10) : 0;
}

/** Hours of the day, or some days with today. */
function ticks(names) {
  if (typeof names[0] === "number") {
    const at = [0, 12, 24, 36, 48];
    return { range: [-0.5, 48], tickvals: at, ticktext: at.map((i) => t("panel.trend.hour", { hour: i / 2 })) };
  }
  const some = names.map((_, i) => i).filter((i) => (names.length - 1 - i) % 5 === 0);
  return { type: "category", tickvals: some.map((i) => names[i]), ticktext: some.map((i) => nameOf(names[i])), tickangle: 0 };
}

/** A point's name along its axis: of a half-hour its beginning, of a day its date. */
function nameOf(name) {
  if (typeof name === "number") return `${Math.floor(name / 2)}:${name % 2 ? "30" : "00"}`;
  if (!/^\d{4}-\d\d-\d\d$/.test(name)) return name;
  const { month, day } = fields(dayStart(name));
  return t("panel.trend.day", { month, day });
}
