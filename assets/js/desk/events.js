// What an event of a subject's timeline says, in words.

import { has, t } from "../core/page.js";
import { say, yesOrNo } from "./words.js";

/** A source by the name that people know, else as it calls itself. */
export function sourceName(actor) {
  const tail = actor.split("/").pop();
  return has(`source.${tail}`) ? t(`source.${tail}`) : actor;
}

/** What an event says beside its name, in words. Where it was stands on the map; who did it, before. */
export function factsOf({ type, data, reason, actor }) {
  const told = Object.entries(data ?? {}).filter(([name, value]) => !["lon", "lat"].includes(name) && !(name === "by" && value === actor));
  const facts = told.map(([name, value]) => `${t(`desk.data.${LABELS[type]?.[name] ?? name}`)} ${valueOf(type, name, value)}`);
  if (reason) facts.push(`${t("desk.data.reason")} ${reason}`);
  return facts.join(" · ");
}

const FORMS = {
  due: "instant", until: "instant", from: "instant", to: "instant", category: "category", grade: "grade",
  channel: "channel", severity: "severity", group: "group",
};
// The same name means another thing in another event.
const PERSON = { category: "person", level: "person_level" };
const OWN_FORMS = {
  "case.supervised": { level: "case_step" },
  "whistle.blown": { kind: "whistle" },
  "whistle.escalated": { level: "whistle_step" },
  "alert.raised": { kind: "alert" },
  "person.enrolled": PERSON,
  "person.updated": PERSON,
};
const LABELS = { "case.dispatched": { level: "tier" }, "person.enrolled": { level: "person_level" }, "person.updated": { level: "person_level" } };
function valueOf(type, name, value) {
  if (typeof value === "boolean") return yesOrNo(name, value);
  const form = OWN_FORMS[type]?.[name] ?? FORMS[name];
  if (form) return say(form, value);
  const word = `desk.value.${value}`;
  return has(word) ? t(word) : String(value);
}
