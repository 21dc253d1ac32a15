// The map: polygons coloured by the chosen metric, labels with name, value and overdue whistles.

import { shortName, t, token, rem } from "../core/page.js";
import { asked, goTo, keep } from "../core/navigate.js";
import { share } from "../core/format.js";
import { GOOD, LATE, Rows, make, mark, metricCell, show, style, write } from "../core/dom.js";
import { arrange, innerPoint } from "../core/labels.js";

export const stem = "map";
export const reads = ["map", "patrols", "compare", "grids", "whistles"];
const STEPS = 4;
const SMALL_FROM = 13;
const OPEN = "○";
const NOBODY = "–";
const METRICS = {
  coverage: ["coverage_rate", "patrols.coverage_rate", "share"],
  open: ["open", "cases.open", "count"],
  whistles: ["whistles", "whistles.open", "count"],
  visits: ["visits_due", "visits.due_today.care", "count"],
};

// Leaflet's layers by region, given by dash-leaflet as it makes them.
let layers = new Map();
let made = () => {};
window.dashExtensions = {
  ...window.dashExtensions,
  cockpit: {
    onEachFeature(feature, layer) {
      layers.set(feature.properties.code, layer);
      layer.on("click", () => clicked(feature.properties.code));
      made();
    },
    // The lines of the level below lie on top: a click on them means the region they are in.
    onEachLine(feature, layer) {
      layer.on("click", () => goTo(feature.properties.code.slice(0, 9)));
    },
  },
};
const clicked = (code) => { if (code.length < 15) goTo(code); };

export function mount(element, { refresh }) {
  const map = new RegionMap(element);
  layers = new Map();
  let asking = 0;
  made = () => {
    clearTimeout(asking);
    asking = setTimeout(() => { map.placed = ""; refresh(); }, 30);
  };
  new ResizeObserver(() => made()).observe(element.querySelector(".map-slot"));
  for (const chip of element.querySelectorAll("[data-map-metric]")) {
    chip.addEventListener("click", () => {
      keep("map", chip.dataset.mapMetric === "coverage" ? null : chip.dataset.mapMetric);
      refresh();
    });
  }
  return { paint: (panels) => map.paint(panels) };
}

class RegionMap {
  constructor(element) {
    this.chips = [...element.querySelectorAll("[data-map-metric]")];
    this.slot = element.querySelector(".map-slot");
    this.host = element.querySelector(".map-labels");
    this.lines = this.host.appendChild(document.createElementNS("http://www.w3.org/2000/svg", "svg"));
    this.labels = new Rows(this.host, label);
    this.legend = new Rows(element.querySelector(".map-legend"), legendRow);
    this.placed = "";
  }

  paint(panels) {
    const chosen = METRICS[asked("map")] ? asked("map") : "coverage";
    for (const chip of this.chips) mark(chip, "aria-pressed", chip.dataset.mapMetric === chosen);
    const scale = scaleOf(chosen, panels);
    const grids = Boolean(panels.grids) && chosen === "coverage";
    const names = new Map((panels.compare ?? panels.grids).map((each) => [each.region, each.name]));
    const items = Object.entries(panels.map.regions).filter(([code]) => layers.has(code));
    const [key] = METRICS[chosen];
    for (const [code, values] of items) this.colour(layers.get(code), scale.step(values[key]));
    mark(this.host, "data-size", items.length > SMALL_FROM ? "small" : "large");
    this.labels.show(items, (row, [code, values]) => paintLabel(row, code, names.get(code), values, chosen, grids));
    this.legend.show(scale.legend, paintLegend);
    this.place(items);
  }

  colour(layer, step) {
    if (layer.step === step) return;
    layer.step = step;
    layer.setStyle({ fillColor: token(`map-${step}`) });
  }

  /** Fits the map and puts the labels apart, when the size or a label's width changed. */
  place(items) {
    const map = items.length && layers.get(items[0][0])._map;
    const { clientWidth: width, clientHeight: height } = this.slot;
    if (!map || !width) return;
    const key = `${width} ${height} ${this.labels.rows.map((row) => row.textContent.length)}`;
    if (key === this.placed) return;
    this.placed = key;
    this.fit(map, items);
    const boxes = items.map(([code], i) => ({ ...boxOf(this.labels.rows[i], map, layers.get(code)), anchor: code }));
    arrange(boxes, width, height, 0.2 * rem());
    this.lines.replaceChildren(...boxes.filter(isAway).map(leader));
    boxes.forEach((box, i) => {
      const at = `translate(${Math.round(box.x - box.w / 2)}px, ${Math.round(box.y - box.h / 2)}px)`;
      style(this.labels.rows[i], "transform", at);
    });
  }

  fit(map, items) {
    map.invalidateSize({ animate: false });
    const bounds = layers.get(items[0][0]).getBounds();
    for (const [code] of items) bounds.extend(layers.get(code).getBounds());
    const pad = 1.2 * rem();
    map.fitBounds(bounds, { animate: false, padding: [pad, pad] });
  }
}

function label() {
  const element = make("div", "map-label");
  element.name = element.appendChild(make("span"));
  const line = element.appendChild(make("b"));
  element.value = line.appendChild(metricCell("", ""));
  element.whistles = line.appendChild(metricCell("whistles.overdue", "is-late"));
  return element;
}

function paintLabel(row, code, name, values, chosen, grids) {
  const [key, metric, form] = METRICS[chosen];
  row.dataset.region = code;
  write(row.name, shortName(name ?? ""));
  row.value.dataset.metric = metric;
  show(row.value, values[key], form);
  if (grids) write(row.value, values[key] === null ? NOBODY : values[key] ? GOOD : OPEN);
  const overdue = values.whistles_overdue ?? 0;
  mark(row.whistles, "data-value", overdue);
  write(row.whistles, overdue ? `${LATE}${overdue}` : "");
}

/** How values become colours, and the legend that says so. */
function scaleOf(chosen, { map, patrols, grids }) {
  if (chosen === "coverage") return grids ? gridScale : coverageScale(patrols);
  const [key] = METRICS[chosen];
  const most = Math.max(STEPS, ...Object.values(map.regions).map((each) => each[key] ?? 0));
  const bound = (step) => Math.ceil((most * step) / STEPS);
  const legend = [["0", "0"]];
  for (let step = 1; step <= STEPS; step += 1) {
    const [from, to] = [step === 1 ? 1 : bound(step - 1) + 1, bound(step)];
    legend.push([String(step), from === to ? `${to}` : t("panel.map.range", { from, to })]);
  }
  return { legend: legend.reverse(), step: (value) => (value ? Math.min(STEPS, Math.ceil((STEPS * value) / most)) : 0) };
}

function coverageScale({ alarm_rate: alarm, target_rate: target }) {
  const middle = (alarm + target) / 2;
  const legend = [
    ["4", t("panel.map.from", { value: share(target) })],
    ["3", t("panel.map.range", { from: share(middle), to: share(target) })],
    ["1", t("panel.map.range", { from: share(alarm), to: share(middle) })],
    ["alarm", t("panel.map.below", { value: share(alarm) })],
  ];
  const step = (rate) =>
    rate === null ? "none" : rate < alarm ? "alarm" : rate < middle ? 1 : rate < target ? 3 : 4;
  return { legend, step };
}

// A grid is covered or not.
const gridScale = {
  legend: [
    ["4", `${GOOD} ${t("panel.grids.covered")}`],
    ["1", `${OPEN} ${t("panel.grids.waiting")}`],
    ["none", `${NOBODY} ${t("panel.grids.excused")}`],
  ],
  step: (rate) => (rate === null ? "none" : rate ? 4 : 1),
};

function legendRow() {
  const row = make("span");
  row.swatch = row.appendChild(make("i"));
  row.text = row.appendChild(make("span"));
  return row;
}

function paintLegend(row, [step, text]) {
  style(row.swatch, "background", `var(--map-${step})`);
  write(row.text, text);
}

function boxOf(row, map, layer) {
  const rings = layer.getLatLngs().map((ring) => ring.map((at) => {
    const { x, y } = map.latLngToContainerPoint(at);
    return [x, y];
  }));
  const { x: ax, y: ay, room } = innerPoint(rings);
  return { ax, ay, room, rings, w: row.offsetWidth, h: row.offsetHeight };
}

const isAway = (box) => Math.abs(box.x - box.ax) > box.w / 2 || Math.abs(box.y - box.ay) > box.h / 2;

/** A thin line from a label that had to move to its place. */
function leader(box) {
  const line = document.createElementNS("http://www.w3.org/2000/svg", "line");
  const edge = (from, to, half) => from + Math.max(-half, Math.min(half, to - from));
  const ends = { x1: edge(box.x, box.ax, box.w / 2), y1: edge(box.y, box.ay, box.h / 2), x2: box.ax, y2: box.ay };
  for (const [name, value] of Object.entries(ends)) line.setAttribute(name, Math.round(value));
  return line;
}
