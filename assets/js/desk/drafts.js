// What somebody typed for a command, until it is done or thought better of: neither a refusal nor a
// session's end loses it. Each account's by itself, in this tab.

import { page } from "../core/page.js";

const KEY = `cockpit.drafts:${page.account?.id ?? ""}`;

const all = () => JSON.parse(sessionStorage.getItem(KEY) ?? "{}");
const store = (drafts) => sessionStorage.setItem(KEY, JSON.stringify(drafts));

/** Keeps the values of the fields of a command about a subject; `about`: the row in whose sight a new
 * subject was begun. */
export const keep = (command, subject, values, about = subject) => store({ ...all(), [`${command} ${subject}`]: { about, values } });

/** The values, or null. */
export function of(command, subject, about = subject) {
  const found = all()[`${command} ${subject}`];
  return found?.about === about ? found.values : null;
}

export function drop(command, subject) {
  const { [`${command} ${subject}`]: _, ...others } = all();
  store(others);
}
