// What stands in a meeting's tables and charts: rows by name, out of a frame's panels and the
// archive's answers. datasource/office/rows.py reads the same rows for papers.

import { categoryName, shortName, t } from "../core/page.js";
import { dayOf, serverNow, span, timeOfDay } from "../core/clock.js";
import { duration } from "../core/format.js";
import { legState } from "../core/states.js";

const CARE = ["elder_alone", "elder_disabled", "child", "disabled", "poor", "bereaved", "care", "special"];
const MEASURES = {
  enrolled: ["people", "enrolled"], due_today: ["visits", "due_today"],
  made_today: ["visits", "made_today"], overdue: ["visits", "overdue"],
};
const DAY_MS = 86400000;
// Of a department that owes an answer, yet was blown no whistle in the days that the archive tells.
const UNANSWERED = {
  rank: null, blown: 0, confirmed: 0, arrival_n: 0, arrival_rate: null, finish_n: 0, finish_rate: null,
  sign_minutes: null, arrive_minutes: null, finish_minutes: null,
};

/** Each answers rows: fields by the columns' keys, `region` where a row has its own, `metrics`
 * where a cell's number has another name than its column's, `ns` the n of rates where the columns
 * name no field of them, `lists` [metric, instant] of the list behind what the archive counted. */
export const ROWS = {
  late: ({ compare }) => (compare ?? []).map((row) => ({ ...row, name: shortName(row.name) })),
  streets({ rates, compare }) {
    const others = new Map((compare ?? []).map((row) => [row.region, row]));
    return (rates?.by_child ?? []).map((row) => ({
      ...others.get(row.region), ...row, name: shortName(row.name), rank: row.rank ?? t("meeting.rank.none"),
    }));
  },
  patrols: ({ patrols }) => patrols.by_child.map((row) => ({ ...row, name: shortName(row.name) })),
  grids: ({ grids }) => (grids ?? []).map((row) => ({
    ...row, name: shortName(row.name), morning: shift(row.morning), afternoon: shift(row.afternoon),
  })),
  care: ({ people, visits }) => CARE.map((category) => {
    const row = { name: t(category === "care" ? "meeting.care.sum" : `category.${category}`), metrics: {} };
    for (const [key, [panel, measure]] of Object.entries(MEASURES)) {
      row[key] = { people, visits }[panel][measure][category];
      row.metrics[key] = `${panel}.${measure}.${category}`;
    }
    return row;
  }),
  whistles: ({ whistles }) => whistles.list.map(whistle),
  departments({ whistles }, past) {
    if (!past.departments) return [];
    const now = whistles.department;
    const answered = past.departments.departments;
    const told = new Set(answered.map(({ department }) => department));
    const owing = Object.keys(now).filter((name) => !told.has(name)).map((department) => ({ ...UNANSWERED, department }));
    return [...answered, ...owing].map((row) => {
      const at = now[row.department] ?? { open: 0, overdue: 0 };
      const metrics = { open: `whistles.department.${row.department}.open`, late: `whistles.department.${row.department}.overdue` };
      for (const key of Object.keys(row).filter((name) => !["department", "rank"].includes(name))) metrics[key] = `departments.${row.department}.${key}`;
      const lists = Object.fromEntries(Object.entries(metrics).filter(([key]) => key in row).map(([key, metric]) => [key, [metric, past.departments.to]]));
      return { ...row, name: row.department, open: at.open, late: at.overdue, rank: row.rank ?? t("meeting.rank.none"), metrics, lists };
    });
  },
  compared(_, past, numbers) {
    return Object.entries(past.compare?.metrics ?? {}).map(([metric, times]) => ({
      ...times, name: numbers[metric].name, form: numbers[metric].form, title: numbers[metric].title,
      metrics: Object.fromEntries(Object.keys(times).map((key) => [key, `compare.${key}.${metric}`])),
      lists: Object.fromEntries(Object.keys(times).map((key) => [key, [metric, justBefore(past.compare.at[key])]])),
      ns: Object.fromEntries(Object.keys(times).map((key, i) => [key, past.compare.definition[metric].n?.[i]])),
    }));
  },
  ticker: ({ ticker }) => ticker.map(event),
};

/** A half-hour's numbers are those just before it ends. */
const justBefore = (end) => new Date(Date.parse(end) - 1).toISOString();

const shift = ({ state, minutes }) =>
  ["completed", "covered", "started"].includes(state)
    ? t("meeting.patrol.shift", { state: t(`meeting.patrol.${state}`), minutes: Math.floor(minutes) })
    : t(`meeting.patrol.${state}`);

function whistle(item) {
  const left = Date.parse(item.due) - (serverNow() ?? 0);
  const state = legState(item, left);
  const size = Math.abs(left);
  const time = size < DAY_MS ? span(size) : t("panel.whistles.days", { days: Math.floor(size / DAY_MS), time: span(size % DAY_MS) });
  return {
    region: item.region,
    state: t(`meeting.state.${state}`),
    kind: t(`whistle.${item.kind}`),
    who: t("panel.whistles.pair", { street: shortName(item.street ?? ""), department: item.department }),
    leg: t(`leg.${item.leg}`),
    left: t(left < 0 ? "meeting.left.over" : "meeting.left.left", { time }),
    tone: state === "overdue" ? "is-late" : state === "at_risk" ? "is-risk" : "is-good",
  };
}

function event(item) {
  const facts = {
    category: item.category ? categoryName(item.category) : "",
    duration: duration(item.minutes), level: item.level ?? "", department: item.department ?? "",
    kind: item.kind ? t(`whistle.${item.kind}`) : "",
  };
  const street = shortName(item.street ?? "");
  const [day, time] = [dayOf(Date.parse(item.at)), timeOfDay(Date.parse(item.at))];
  return {
    time: day === dayOf(serverNow() ?? 0) ? time : `${day.slice(5)} ${time}`,
    what: t(`meeting.event.${item.type}`, facts),
    where: item.community ? t("panel.ticker.place", { street, community: shortName(item.community) }) : street,
  };
}

/** A chart's lines: names along the foot, values of each series and their n where they are rates. */
export const LINES = {
  half_hours: ({ cases: { trend } }, _, now) => ({
    names: trend.reported.map((_each, i) => i),
    values: (key) => (key === "last_week" ? trend.last_week : trend[key].slice(0, now)),
    ns: () => null,
  }),
  days: (_, { days }) => days && {
    names: days.at, values: (key) => days.series[key], ns: (key) => days.definition[key].n,
  },
};
