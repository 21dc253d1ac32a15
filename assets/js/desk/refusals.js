// Why something was not done or shown, in the words of people where the facts of the server's answer
// have them: its own sentence names events, states and rights by their codes, and instants in UTC.

import { categoryName, has, t } from "../core/page.js";
import { sourceName } from "./events.js";
import { commandName, instant, stateName, subjectName } from "./words.js";

const ofCommand = (key) => ({ command }) => t(key, { command: commandName(command) });
const ofField = (key) => ({ field, ...facts }) => t(key, { ...facts, field: has(`desk.data.${field}`) ? t(`desk.data.${field}`) : field });
const parts = (subject) => [subject.slice(0, subject.indexOf("/")), subject.slice(subject.indexOf("/") + 1)];

const WORDS = {
  "command.conflict": ({ by, what, at }) => t("desk.why.conflict", { by: by.startsWith("/") ? sourceName(by) : by, what: commandName(what), at: instant(at) }),
  "command.state": ({ command, subject, state }) => t("desk.why.state", { command: commandName(command), state: stateName(parts(subject)[0], state) }),
  "command.level": ({ subject, level }) => t("desk.why.level", { level: t(`desk.step.${parts(subject)[0]}.${level}`) }),
  "command.due": ofCommand("desk.why.due"),
  "command.reason": ofCommand("desk.why.reason"),
  "command.not_bulk": ofCommand("desk.why.not_bulk"),
  "command.invalid": ({ command, why }) => t("desk.why.invalid", { command: commandName(command), why }),
  "command.no_duty": ({ category }) => t("desk.why.no_duty", { category: categoryName(category) }),
  "subject.unknown": ({ subject }) => t("desk.why.unknown", { subject: subjectName(...parts(subject)) }),
  "access.refused": ({ right }) => t("desk.why.refused", { right: t(`desk.right.${right}`) }),
  "text.length": ofField("desk.why.length"),
  "text.unseen": ofField("desk.why.unseen"),
  "privacy.personal_value": ofField("desk.why.personal"),
};

/** An error of the server as a sentence. */
export const whyNot = (error) => WORDS[error.code]?.(error) ?? error.message;
