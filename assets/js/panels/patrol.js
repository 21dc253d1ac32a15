// Two columns for each region below: the morning's coverage and the afternoon's.

import { shortName, t } from "../core/page.js";
import { share } from "../core/format.js";
import { LATE, Rows, make, metricCell, show, style, write } from "../core/dom.js";

export const stem = "patrol";
export const reads = ["patrols"];
const MANY = 13;

export function mount(element) {
  const host = element.querySelector(".columns");
  const note = element.querySelector("[data-derived]");
  const rows = new Rows(host, column);
  return {
    paint({ patrols }) {
      const children = patrols.by_child.filter((child) => child.expected > 0);
      host.toggleAttribute("data-many", children.length > MANY);
      write(note, t("panel.patrol.note", { alarm: share(patrols.alarm_rate) }));
      rows.show(children, (row, child) => paint(row, child, patrols));
    },
  };
}

function column() {
  const element = make("div", "column");
  element.number = metricCell("patrols.coverage_rate");
  const pair = make("div", "pair");
  element.bars = [pair.appendChild(make("i")), pair.appendChild(make("i"))];
  element.name = make("div", "name");
  element.append(element.number, pair, element.name);
  return element;
}

function paint(row, child, { last_shift: shift, alarm_rate: alarm }) {
  row.dataset.region = child.region;
  const now = child[shift];
  show(row.number, now, "share");
  const low = now !== null && now < alarm;
  write(row.number, now === null ? t("none") : `${low ? LATE : ""}${Math.round(now * 100)}`);
  row.number.classList.toggle("is-late", low);
  write(row.name, shortName(child.name));
  [child.morning, child.afternoon].forEach((rate, i) => {
    style(row.bars[i], "transform", `scaleY(${rate ?? 0})`);
    row.bars[i].classList.toggle("is-late", rate !== null && rate < alarm);
  });
}
