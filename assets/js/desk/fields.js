// The fields of a command's dialog, by how each is asked for (layouts/desk/forms.py). A field is
// {element, value()}: null for nothing said; a required one that is empty keeps the dialog open.

import { categoryName, t } from "../core/page.js";
import { serverNow } from "../core/clock.js";
import { make } from "../core/dom.js";
import { gridField } from "./grid_field.js";
import { instant, yesOrNo } from "./words.js";

const HOUR = 3600 * 1000;
const DAY = 24 * HOUR;
const SHANGHAI = 8 * HOUR;

/** The instant as datetime-local writes it, of Shanghai. */
const localText = (ms) => new Date(ms + SHANGHAI).toISOString().slice(0, 16);
const instantOf = (text) => (text ? `${text}:00+08:00` : null);

/** A labelled line of the form. */
export function line(label, control, hint = "") {
  const element = make("label", "line");
  element.append(make("span", "", label), control);
  if (hint) element.append(make("small", "", hint));
  return element;
}

function select(options, required = true) {
  const control = make("select");
  control.required = required;
  for (const [value, text] of options) {
    const option = make("option", "", text);
    option.value = value;
    control.append(option);
  }
  return control;
}

function choice(name, options) {
  const control = select(options);
  return { name, element: line(t(`desk.data.${name}`), control), value: () => control.value || null };
}

/** An instant between bounds, `first` at the start. */
function moment(name, { first, from, to, required = true, hint = "" }) {
  const control = make("input");
  Object.assign(control, { type: "datetime-local", required, min: localText(from), max: localText(to) });
  if (first) control.value = localText(first);
  return { name, element: line(t(`desk.data.${name}`), control, hint), value: () => instantOf(control.value) };
}

/** By the duty lists: what is offered for the item first, any other unit by name. */
function unitField(name, { row, duties }) {
  const offered = duties.filter((each) => each.code === row.category);
  const seen = new Set();
  const options = [["", t("desk.by_lists")]];
  for (const each of [...offered, ...duties.filter((other) => other.list !== "whistle")]) {
    const key = `${each.level}|${each.unit}`;
    if (seen.has(key)) continue;
    seen.add(key);
    options.push([key, `${t(`level.${each.level}`)} · ${each.unit}`]);
  }
  const control = select(options, false);
  const hint = offered.length ? t("desk.offered", { unit: offered[0].unit }) : t("desk.no_offer");
  control.required = !offered.length;
  return {
    name,
    element: line(t("desk.data.unit"), control, hint),
    value: () => null,
    more: () => {
      const [level, unit] = control.value.split("|");
      return control.value ? { level, unit } : {};
    },
  };
}

/** What the street blows the whistle for, and which department that is. */
function whistleField(name, { row, duties }) {
  const rows = duties.filter((each) => each.list === "whistle");
  const control = select(rows.map((each, i) => [String(i), `${each.item} → ${each.unit}${each.limit ? ` · ${each.limit}` : ""}`]));
  const fitting = rows.findIndex((each) => each.code === row?.category);
  if (fitting >= 0) control.value = String(fitting);
  const hint = row?.category ? t(fitting >= 0 ? "desk.whistle_fits" : "desk.whistle_misfits", { category: categoryName(row.category) }) : "";
  return {
    name,
    element: line(t("desk.data.item"), control, hint),
    value: () => null,
    more: () => ({ department: rows[control.value].unit, category: rows[control.value].code }),
  };
}

function caseField(name, { row }) {
  if (!row?.stage) return { name, element: null, value: () => null };
  const shown = make("output", "", row.key);
  return { name, element: line(t("desk.one.case"), shown), value: () => row.key };
}

function wordsField(name, { longest = 1000, label = t(`desk.data.${name}`) } = {}) {
  const control = make("textarea");
  Object.assign(control, { required: true, maxLength: longest, rows: 3 });
  return { name, element: line(label, control), value: () => control.value.trim() || null };
}

const yes = (name) => {
  const field = choice(name, [["true", yesOrNo(name, true)], ["false", yesOrNo(name, false)]]);
  return { ...field, value: () => field.element.querySelector("select").value === "true" };
};

const steps = (name, { row, form }) => {
  const reached = row.supervised ?? row.escalated ?? 0;
  const levels = Array.from({ length: form.top - reached }, (_, i) => reached + 1 + i);
  const field = choice(name, levels.map((level) => [String(level), t(`desk.step.${form.subject}.${level}`)]));
  return { ...field, value: () => Number(field.element.querySelector("select").value) };
};

const makers = {
  unit: unitField,
  whistle: whistleField,
  case: caseField,
  words: (name) => wordsField(name),
  yes,
  step: steps,
  later: (name) => moment(name, { from: serverNow(), to: serverNow() + 60 * DAY, required: false, hint: t("desk.due_by_rules") }),
  due: (name, { row }) => moment(name, {
    first: Math.max(Date.parse(row.due ?? 0), serverNow()) + DAY, from: serverNow(), to: serverNow() + 180 * DAY,
    hint: row.due ? t("desk.due_now", { time: instant(row.due) }) : "",
  }),
  until: (name) => moment(name, { first: serverNow() + 4 * HOUR, from: serverNow(), to: serverNow() + 30 * DAY }),
  begin: (name) => moment(name, { first: serverNow(), from: serverNow() - DAY, to: serverNow() + 90 * DAY }),
  end: (name) => moment(name, { first: serverNow() + DAY, from: serverNow(), to: serverNow() + 120 * DAY }),
  satisfaction: (name) => choice(name, ["satisfied", "basically", "unsatisfied"].map((each) => [each, t(`desk.value.${each}`)]).concat([["", t("desk.value.none")]])),
  kind: (name) => choice(name, ["routine", "emergency", "tough"].map((each) => [each, t(`whistle.${each}`)])),
  department: (name, { duties, row }) => choice(name, [...new Set(duties.filter((each) => each.list === "whistle" && each.unit !== row.department).map((each) => each.unit))].map((each) => [each, each])),
  score: (name) => {
    const field = choice(name, [5, 4, 3, 2, 1].map((each) => [String(each), t("desk.score", { score: each })]));
    return { ...field, value: () => Number(field.element.querySelector("select").value) };
  },
  result: (name) => choice(name, ["well", "needs_help", "absent"].map((each) => [each, t(`desk.value.${each}`)])),
  worker: gridField,
};

/** The field of a name, asked for in this form. `facts`: {row, duties, form, region}. */
export const fieldOf = (name, form, facts) => makers[form](name, facts);

/** Why: needed by rule. */
export const reasonField = () => wordsField("reason", { longest: 200 });
