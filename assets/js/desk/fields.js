// The fields of a command's dialog, by how each is asked for (layouts/desk/forms.py). A field is
// {element, value()}: null for nothing said; a required one that is empty keeps the dialog open.

import { t } from "../core/page.js";
import { serverNow } from "../core/clock.js";
import { make, write } from "../core/dom.js";
import { dueHint, kindField, unitField, whistleField } from "./duty_fields.js";
import { gridField } from "./grid_field.js";
import { group, line, select } from "./lines.js";
import { momentInput } from "./moment_field.js";
import { instant, yesOrNo } from "./words.js";

const HOUR = 3600 * 1000;
const DAY = 24 * HOUR;
const NONE = "none"; // the choice that says nothing

/** `judged`: nothing is chosen before somebody has chosen it. */
function choice(name, options, judged = false) {
  const control = select(judged ? [["", t("field.choose")], ...options] : options);
  return { name, element: line(t(`desk.data.${name}`), control), value: () => (control.value === NONE ? null : control.value) };
}

/** An instant between bounds, `first` at the start; `days` and `hours` after `base` are offered. */
function moment(name, { first, from, to, base = serverNow(), hours = [], days = [1, 3, 7], required = true, hint = "" }) {
  const steps = [...hours.map((each) => each * HOUR), ...days.map((each) => each * DAY)];
  const { control, element, value } = momentInput({ first, from, to, base, steps, required });
  control.setAttribute("aria-label", t(`desk.data.${name}`));
  return { name, element: group(t(`desk.data.${name}`), element, hint), value };
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
  const field = choice(name, [["true", yesOrNo(name, true)], ["false", yesOrNo(name, false)]], true);
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
  later: (name, facts) => {
    const field = moment(name, { from: serverNow(), to: serverNow() + 60 * DAY, hours: [4], days: [1, 3], required: false, hint: dueHint(facts.limit) });
    facts.limited = (limit) => write(field.element.querySelector("small"), dueHint(limit));
    return field;
  },
  due: (name, { row }) => {
    const base = Math.max(Date.parse(row.due ?? 0), serverNow());
    const hint = row.due ? t("desk.due_now", { time: instant(row.due) }) : "";
    return moment(name, { first: base + DAY, base, from: serverNow(), to: serverNow() + 180 * DAY, hint });
  },
  until: (name, { form }) => moment(name, { first: serverNow() + 4 * HOUR, hours: [1, 4], days: [...new Set([1, form.days])], from: serverNow(), to: serverNow() + form.days * DAY }),
  begin: (name) => moment(name, { days: [], first: serverNow(), from: serverNow() - DAY, to: serverNow() + 90 * DAY }),
  end: (name) => moment(name, { first: serverNow() + DAY, from: serverNow(), to: serverNow() + 120 * DAY }),
  satisfaction: (name) => choice(name, ["satisfied", "basically", "unsatisfied", NONE].map((each) => [each, t(`desk.value.${each}`)]), true),
  kind: kindField,
  department: (name, { duties, row }) => choice(name, [...new Set(duties.rows.filter((each) => each.list === "whistle" && each.unit !== row.department).map((each) => each.unit))].map((each) => [each, each]), true),
  score: (name) => {
    const field = choice(name, [5, 4, 3, 2, 1].map((each) => [String(each), t("desk.score", { score: each })]), true);
    return { ...field, value: () => Number(field.element.querySelector("select").value) };
  },
  result: (name) => choice(name, ["well", "needs_help", "absent"].map((each) => [each, t(`desk.value.${each}`)]), true),
  worker: gridField,
};

/** The field of a name, asked for in this form. `facts`: {rows, row, duties, form, region}; fields leave
 * word for later ones in it. */
export const fieldOf = (name, form, facts) => makers[form](name, facts);

/** Why: needed by rule. */
export const reasonField = () => wordsField("reason", { longest: 200 });
