// A meeting's pages as one panel of the stage: what is on the page shown is painted from the frame
// and from what the archive answers.

import { root, t } from "../core/page.js";
import { dayOf, fields, serverNow, timeOfDay } from "../core/clock.js";
import { count } from "../core/format.js";
import { RISK, mark, write } from "../core/dom.js";
import { asked } from "../core/navigate.js";
import { Chart, loadPlotly } from "./charts.js";
import { Figures, at } from "./figures.js";
import { Past } from "./past.js";
import { LINES, ROWS } from "./rows.js";
import { Table } from "./tables.js";

export const stem = "meeting";
export const reads = ["cases", "whistles", "patrols", "people", "visits", "alerts", "rates", "compare", "grids", "ticker"];
// What is cut off in the frame already: the number of which a table shows the first ones.
const CUT = { whistles: "whistles.open" };
const PAST = { compared: "compare", days: "days", departments: "departments" };

/** The instant of the picture on the page, as frames write it. */
export let shownAt = null;

export function mount(element, { wall, refresh }) {
  const meeting = new Meeting(element, wall, refresh);
  loadPlotly(wall.dataset.plotly).then(refresh);
  for (const what of ["meeting:turned", "meeting:themed"]) document.addEventListener(what, refresh);
  return meeting;
}

class Meeting {
  constructor(element, wall, refresh) {
    this.numbers = JSON.parse(wall.dataset.numbers);
    this.past = new Past(wall.dataset.wall, JSON.parse(wall.dataset.past), () => element.isConnected && refresh());
    this.pages = new Map([...element.querySelectorAll("[data-page]")].map((page) => [page.dataset.page, {
      element: page,
      figures: new Figures(page, this.numbers),
      tables: [...page.querySelectorAll(".sheet")].map((each) => new Table(each, this.numbers, refresh)),
      charts: [...page.querySelectorAll(".chart")].map((each) => new Chart(each, this.numbers, refresh)),
    }]));
  }

  /** The pages that are not hidden: one on a screen, on paper all that were asked for. */
  get shown() { return [...this.pages.values()].filter(({ element }) => !element.hidden); }
  get parts() { return this.shown.flatMap(({ tables, charts }) => [...tables, ...charts]); }

  paint(panels, frame) {
    this.panels = panels;
    shownAt = frame.at;
    for (const { figures, tables, charts } of this.shown) {
      figures.paint(panels);
      for (const table of tables) this.lay(table);
      for (const chart of charts) this.draw(chart);
    }
    this.tellUntil();
    // Whoever takes a picture of the page waits for this (datasource/office/browser.py).
    const first = this.shown[0].element.dataset.page;
    mark(root, "data-painted", this.parts.every((part) => this.isWhole(part)) ? first : null);
  }

  /** Whether a part shows all that it can: what it needs of the past has come, or cannot. */
  isWhole(part) {
    const past = PAST[part.rows];
    const there = !past || this.past.isCurrent(past) || this.past.faults[past];
    return there && (!(part instanceof Chart) || part.settled);
  }

  rows(name) {
    this.need(name);
    return ROWS[name](this.panels, this.past.answers, this.numbers);
  }

  /** A table with its rows; of those that are cut off, it says of how many they are the first. */
  lay(table) {
    const [rows, metric] = [this.rows(table.rows), CUT[table.rows]];
    const total = metric && at(this.panels, metric);
    const cut = total > rows.length;
    table.show(rows, this.none(table.rows), cut ? { metric, total } : null);
    if (metric) write(table.element.querySelector(".until"), cut ? t("meeting.cut", { shown: rows.length, total: count(total) }) : "");
  }

  /** Asks for what these rows need of the past. */
  need(name) {
    const now = asked("at") === null ? serverNow() : Date.parse(root.dataset.replay ?? "");
    if (PAST[name] && now) this.past.need(PAST[name], now);
  }

  draw(chart) {
    const keys = chart.series.map(({ key }) => key);
    if (chart.kind === "dots") {
      const rows = this.rows(chart.rows);
      const column = (key) => rows.map((row) => row[key] ?? null);
      if (rows.length) chart.show(rows.map(({ name }) => name), keys.map(column), chart.series.map(({ n }) => n && column(n)));
      return;
    }
    this.need(chart.rows);
    const { hour, minute } = fields(serverNow() ?? 0);
    const lines = LINES[chart.rows](this.panels, this.past.answers, hour * 2 + (minute >= 30 ? 2 : 1));
    chart.say(lines ? "" : this.none(chart.rows));
    if (lines) chart.show(lines.names, keys.map(lines.values), keys.map(lines.ns));
  }

  /** What stands in the place of rows when there are none. */
  none(rows) {
    const past = PAST[rows];
    if (!past || this.past.answers[past]) return t("meeting.empty");
    return t(this.past.faults[past] ? "meeting.history.failed" : "meeting.history.loading");
  }

  /** Up to when what the archive has answered goes, and whether newer could not be had. */
  tellUntil() {
    for (const { element, rows } of this.parts) {
      const past = PAST[rows];
      if (!past) continue;
      const told = element.querySelector(".until");
      const { until: { [past]: until }, faults: { [past]: fault } } = this.past;
      const words = [until && t("meeting.history.until", { time: shortly(until) }), fault && t("meeting.history.failed")];
      write(told, (fault ? `${RISK} ` : "") + words.filter(Boolean).join(" · "));
      mark(told, "title", fault ?? null);
      told.classList.toggle("is-risk", Boolean(fault));
    }
  }

  /** Deadlines run, and another half-hour may have begun. */
  tick() {
    if (!this.panels) return;
    for (const part of this.parts) {
      this.need(part.rows);
      if (part.rows === "whistles") this.lay(part);
    }
  }
}

/** A time of day; of another day than the page's with its date. */
function shortly(instant) {
  const [day, time] = [dayOf(instant), timeOfDay(instant).slice(0, 5)];
  return day === dayOf(serverNow() ?? 0) ? time : `${day.slice(5)} ${time}`;
}
