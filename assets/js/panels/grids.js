// Each grid of a community: both shifts with symbol, minutes and a bar up to the time wanted.

import { shortName, t } from "../core/page.js";
import { Fit, Rows, make, metricCell, show, showBad, style, write } from "../core/dom.js";

export const stem = "grids";
export const reads = ["grids"];
const ROW_REM = 2.9;
const WANTED_MINUTES = 90;
/** Symbol and class of each patrol state; the words stand in the panel's key. */
const STATES = {
  completed: ["●", "is-good"],
  covered: ["●", "is-covered"],
  started: ["◆", "is-risk"],
  waiting: ["○", "quiet"],
  missed: ["▲", "is-late"],
  excused: ["–", "quiet"],
  ahead: ["·", "quiet"],
  none: ["·", "quiet"],
};

export function mount(element, { refresh }) {
  const host = element.querySelector(".rows");
  for (const key of element.querySelectorAll("[data-state-key]")) explain(key);
  const fit = new Fit(host, ROW_REM, refresh);
  const rows = new Rows(host, build);
  return {
    paint({ grids }) {
      rows.show(grids.slice(0, fit.count), paint);
    },
  };
}

function explain(key) {
  const [symbol, className] = STATES[key.dataset.stateKey];
  key.append(make("span", `symbol ${className}`, symbol), ` ${t(`panel.grids.${key.dataset.stateKey}`)}`);
}

function build() {
  const row = make("div", "row");
  row.name = make("span", "name");
  row.shifts = ["morning", "afternoon"].map(patrol);
  row.open = metricCell("cases.open");
  row.overdue = metricCell("cases.overdue");
  row.visits = metricCell("visits.due_today.care");
  row.append(row.name, ...row.shifts, row.open, row.overdue, row.visits);
  return row;
}

function patrol(shift) {
  const element = make("div", "patrol");
  element.dataset.shift = shift;
  element.symbol = make("span", "symbol");
  const bar = make("div", "bar");
  element.fill = bar.appendChild(make("i"));
  element.minutes = make("span", "minutes");
  element.append(element.symbol, bar, element.minutes);
  return element;
}

function paint(row, item) {
  row.dataset.region = item.region;
  const name = shortName(item.name);
  write(row.name, item.off_post ? `${name} ${t("panel.grids.off_post")}` : name);
  row.name.classList.toggle("is-risk", item.off_post);
  paintShift(row.shifts[0], item.morning);
  paintShift(row.shifts[1], item.afternoon);
  show(row.open, item.open);
  showBad(row.overdue, item.overdue);
  show(row.visits, item.visits_due);
}

function paintShift(element, { state, minutes }) {
  const [symbol, className] = STATES[state];
  element.dataset.state = state;
  write(element.symbol, symbol);
  element.symbol.className = `symbol ${className}`;
  style(element.fill, "transform", `scaleX(${Math.min(1, minutes / WANTED_MINUTES).toFixed(2)})`);
  const words = ["excused", "ahead", "none"].includes(state);
  write(element.minutes, words ? t(`panel.grids.${state}`) : t("panel.grids.minutes", { minutes: Math.floor(minutes) }));
}
