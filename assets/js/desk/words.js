// How the values of rows are written, by the form of their column.

import { categoryName, has, t } from "../core/page.js";
import { fields, serverNow } from "../core/clock.js";
import { GOOD, LATE, RISK } from "../core/dom.js";

const DAY_MS = 24 * 3600 * 1000;
const two = (n) => String(n).padStart(2, "0");
const named = (prefix) => (value) => (value ? (has(`${prefix}.${value}`) ? t(`${prefix}.${value}`) : value) : "");

/** An instant as 11-23 15:10, with its year when it is not this year's. */
export function instant(text) {
  if (!text) return "";
  const { year, month, day, hour, minute } = fields(Date.parse(text));
  const now = serverNow();
  const whole = now !== null && fields(now).year !== year ? `${year}-` : "";
  return `${whole}${two(month)}-${two(day)} ${two(hour)}:${two(minute)}`;
}

/** A stretch of milliseconds in words of at most two units. */
export function stretch(ms) {
  const minutes = Math.floor(Math.abs(ms) / 60000);
  if (minutes < 60) return t("duration.minutes", { minutes });
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return t("duration.hours", { hours, minutes: two(minutes % 60) });
  return t("duration.days", { days: Math.floor(hours / 24), hours: hours % 24 });
}

export const SYMBOLS = { overdue: LATE, at_risk: RISK, in_time: GOOD };
/** The class of a state's colour. */
export const stateClass = (state) => ({ overdue: "is-late", at_risk: "is-risk" })[state] ?? "";

/** How long there is, or how late it is. */
function due(value, row) {
  if (row?.suspended) return t("desk.suspended");
  if (!value) return row?.ended || row?.leg === "" ? "" : t("desk.no_limit");
  const ended = Boolean(row?.ended);
  if (ended) return instant(value);
  const now = serverNow();
  if (now === null) return instant(value);
  const left = Date.parse(value) - now;
  const state = row?.state ?? "in_time";
  const text = row?.enrolled ? wholeDays(left) : left < 0 ? t("desk.late_by", { time: stretch(left) }) : t("desk.left", { time: stretch(left) });
  return `${SYMBOLS[state] ?? ""} ${text}`;
}

/** Visits are due by the end of a day. */
function wholeDays(left) {
  const days = Math.floor(Math.abs(left) / DAY_MS);
  if (left < 0) return t("desk.days_late", { days: days + 1 });
  return days ? t("desk.days_left", { days }) : t("desk.due_today");
}

/** The same with the instant itself. */
function deadline(value, row) {
  const text = due(value, row);
  return row?.ended || !value || row.suspended ? text : `${text} · ${instant(value)}`;
}

/** The stage of a case, or how it ended. */
function stage(value, row) {
  const name = row?.ended || (row?.suspended ? "suspended" : value);
  return named("stage")(name);
}

/** A state of a subject as commands know it (docs/commands.md). */
export function stateName(kind, state) {
  const prefix = { case: "stage", whistle: "leg" }[kind] ?? "desk.state";
  return named(prefix)(state);
}

/** A place below that of the desk: nobody needs the desk's own names in each row. */
function shortPlace(place) {
  const own = document.querySelector("[data-wall]")?.dataset.place ?? "";
  return own.split(" ").reduce((rest, name) => (rest?.startsWith(`${name} `) ? rest.slice(name.length + 1) : rest), place);
}

const forms = {
  due,
  deadline,
  stage,
  instant,
  text: (value) => value ?? "",
  key: (value) => value ?? "",
  region: (value, row) => shortPlace(row?.place) ?? value ?? "",
  category: (value) => (value ? categoryName(value) : ""),
  person: named("category"),
  grade: named("grade"),
  channel: named("channel"),
  whistle: named("whistle"),
  leg: (value, row) => named("leg")(row?.ended || value || "done"),
  group: named("group"),
  person_level: named("person_level"),
  severity: (value) => (value ? `${{ critical: LATE, warning: RISK, info: GOOD }[value] ?? ""} ${named("severity")(value)}` : ""),
  alert: named("alert"),
  level: (value) => (value ? t("desk.level", { level: value }) : ""),
  case_step: named("desk.step.case"),
  whistle_step: named("desk.step.whistle"),
  acknowledged: (value) => t(value ? "desk.yes_acknowledged" : "desk.not_acknowledged"),
  active: (value) => t(value ? "desk.is_active" : "desk.is_cleared"),
};

/** A value in words. */
export const say = (form, value, row) => (forms[form] ?? forms.text)(value, row);

/** The class of a cell by its form. */
export function cellClass(form, row) {
  if (!row) return "";
  if (form === "due" && !row.ended && !row.suspended) return stateClass(row.state);
  if (form === "severity") return { critical: "is-late", warning: "is-risk" }[row.severity] ?? "";
  if (form === "level" || form === "key") return "strong";
  return "";
}

/** What a subject is called: its kind and its number. */
export const subjectName = (kind, key) => t("desk.subject", { kind: t(`desk.one.${kind}`), key });

/** A yes or no about a name that may have words of its own for it. */
export function yesOrNo(name, value) {
  const own = `desk.value.${value ? name : `not_${name}`}`;
  return t(has(own) ? own : value ? "desk.yes" : "desk.no");
}

export const commandName = (name) => t(`command.${name}`);
