// What a command's dialog asks for by the duty lists: whose a case becomes, and what the whistle is
// blown for. What a field says of limits follows what is chosen in the one before it.

import { get } from "../core/ask.js";
import { categoryName, page, t } from "../core/page.js";
import { write } from "../core/dom.js";
import { line, select } from "./lines.js";
import { legsText, limitText } from "./limits.js";

const KINDS = ["routine", "emergency", "tough"];
const alike = (rows, field) => rows.every((row) => row[field] === rows[0][field]);
const joined = (...parts) => parts.filter(Boolean).join(" · ");

/** The duty lists in force for a region: the rows of all, each with its list and its item in words;
 * what the words for a place's own unit mean there; the limits of each kind of whistle. */
export async function dutyLists(region) {
  const { lists, own, kinds } = await get(`/api/v1/duties/${region}`);
  const item = page.language === "en" ? "item_en" : "item_zh";
  return { rows: lists.flatMap((list) => list.rows.map((row) => ({ ...row, list: list.name, item: row[item] }))), own, kinds };
}

/** By the duty lists: what is offered for the item first, any other unit by name. */
export function unitField(name, facts) {
  const { rows, duties } = facts;
  // Of cases of several categories each goes by its own.
  const code = alike(rows, "category") ? rows[0].category : "";
  const offered = duties.rows.filter((each) => each.code === code);
  const units = unitsOf(offered, duties, alike(rows, "region") ? duties.own : {});
  const [first] = units.values();
  const byLists = { text: t("desk.by_lists"), unit: "", limit: offered.length ? first.limit : "" };
  const all = new Map([["", byLists], ...units]);
  const control = select([...all].map(([key, { text, limit }]) => [key, joined(text, limit)]), Boolean(code) && !offered.length);
  const hint = offered.length ? t("desk.offered", { unit: joined(first.unit, first.limit) }) : t(code ? "desk.no_offer" : "desk.each_offer");
  facts.limit = byLists.limit;
  control.addEventListener("input", () => facts.limited(all.get(control.value).limit));
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

function unitsOf(offered, duties, own) {
  const units = new Map();
  for (const each of [...offered, ...duties.rows.filter((other) => other.list !== "whistle")]) {
    const [level, unit] = own[each.unit] ?? [each.level, each.unit];
    const key = `${level}|${unit}`;
    if (units.has(key)) continue;
    // The limit of another item says nothing of this one.
    const limit = offered.includes(each) ? limitText(each.limit) : "";
    units.set(key, { text: `${t(`level.${level}`)} · ${unit}`, unit, limit });
  }
  return units;
}

/** By which limit a case's time runs unless another is set: the list's own, else that of the rules. */
export const dueHint = (limit) => (limit ? t("desk.due_by_list", { limit }) : t("desk.due_by_rules"));

/** What the street blows the whistle for, and which department that is. */
export function whistleField(name, facts) {
  const { row, duties } = facts;
  const rows = duties.rows.filter((each) => each.list === "whistle");
  const control = select(rows.map((each, i) => [String(i), `${each.item} → ${each.unit}`]));
  const fitting = rows.findIndex((each) => each.code === row?.category);
  if (fitting >= 0) control.value = String(fitting);
  const hint = row?.category ? t(fitting >= 0 ? "desk.whistle_fits" : "desk.whistle_misfits", { category: categoryName(row.category) }) : "";
  const chosen = () => rows[control.value];
  facts.kind = chosen().kind;
  control.addEventListener("input", () => facts.kindOffered(chosen().kind));
  return {
    name,
    element: line(t("desk.data.item"), control, hint),
    value: () => null,
    more: () => ({ department: chosen().unit, category: chosen().code }),
  };
}

/** Which kind of whistle: the item's own is offered; by it the limits run. */
export function kindField(name, facts) {
  const control = select(KINDS.map((each) => [each, t(`whistle.${each}`)]));
  const element = line(t("desk.data.kind"), control, " ");
  const paint = () => write(element.querySelector("small"), legsText(facts.duties.kinds[control.value]));
  facts.kindOffered = (kind) => {
    control.value = kind;
    paint();
  };
  facts.kindOffered(facts.kind);
  control.addEventListener("input", paint);
  return { name, element, value: () => control.value };
}
