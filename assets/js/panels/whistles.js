// The most urgent whistles. Their time left runs by the server's clock between frames.

import { categoryName, shortName, t } from "../core/page.js";
import { serverNow, span } from "../core/clock.js";
import { Fit, LATE, RISK, GOOD, Rows, make, mark, write } from "../core/dom.js";
import { legState } from "../core/states.js";

export const stem = "whistles";
export const reads = ["whistles"];
const ROW_REM = 4.3;
const DAY_MS = 86400000;
const SYMBOLS = { overdue: LATE, at_risk: RISK, in_time: GOOD };

export function mount(element, { wall, refresh }) {
  // Below the district every whistle is of the one street that the header names.
  const here = !wall.classList.contains("wall-district");
  const host = element.querySelector(".rows");
  host.dataset.metric = "whistles.list";
  const fit = new Fit(host, ROW_REM, refresh);
  const rows = new Rows(host, build);
  let known = new Set();
  const state = { shown: [] };
  return {
    paint({ whistles }, frame, first) {
      state.shown = whistles.list.slice(0, fit.count);
      const keys = new Set();
      rows.show(state.shown, (row, item) => {
        const key = `${item.region} ${item.department} ${item.category} ${item.due}`;
        keys.add(key);
        paint(row, item, here);
        row.fresh = !first && !known.has(key) && Date.parse(item.due) < (serverNow() ?? 0);
        row.classList.toggle("flash", row.fresh);
      });
      known = keys;
      count(rows, state.shown, serverNow());
    },
    tick(now) {
      count(rows, state.shown, now);
    },
  };
}

function build() {
  const row = make("div", "row");
  row.symbol = make("span", "symbol");
  const who = make("div", "who");
  row.pair = who.appendChild(make("b"));
  row.what = who.appendChild(make("small"));
  const limit = make("div", "limit");
  row.left = limit.appendChild(make("b"));
  row.leg = limit.appendChild(make("small"));
  row.append(row.symbol, who, limit);
  return row;
}

function paint(row, item, here) {
  row.dataset.region = item.region;
  row.dataset.due = item.due;
  const names = { street: shortName(item.street ?? ""), department: item.department };
  write(row.pair, t(here ? "panel.whistles.pair.here" : "panel.whistles.pair", names));
  write(row.what, categoryName(item.category));
  write(row.leg, t("panel.whistles.what", { kind: t(`whistle.${item.kind}`), leg: t(`leg.${item.leg}`) }));
}

function count(rows, shown, now) {
  if (now === null) return;
  shown.forEach((item, i) => {
    const left = Date.parse(item.due) - now;
    const state = legState(item, left);
    const row = rows.rows[i];
    mark(row, "data-state", state);
    write(row.symbol, SYMBOLS[state]);
    for (const part of [row.symbol, row.left]) {
      part.classList.toggle("is-late", state === "overdue");
      part.classList.toggle("is-risk", state === "at_risk");
    }
    row.symbol.classList.toggle("is-good", state === "in_time");
    const key = state === "overdue" ? "panel.whistles.over" : "panel.whistles.left";
    write(row.left, t(key, { time: inWords(left) }));
  });
}

function inWords(ms) {
  const size = Math.abs(ms);
  if (size < DAY_MS) return span(size);
  return t("panel.whistles.days", { days: Math.floor(size / DAY_MS), time: span(size % DAY_MS) });
}
