// Fields for a day (2026-11-20) and a time of day (10:12:36), typed as everywhere on the page whatever
// language the browser speaks.

import { dayOf, dayStart, fields, serverNow, timeOfDay } from "./clock.js";
import { make } from "./dom.js";
import { t } from "./page.js";

// The signs between are those of any keyboard, the Chinese ones among them.
const DAY = /^(?:(\d{4})[-/.\u5e74])?(\d{1,2})[-/.\u6708](\d{1,2})\u65e5?$/;
const TIME = /^(\d{1,2})[:：](\d{2})(?:[:：](\d{2}))?$/;
const SECOND = 1000;

/** The day that is written, as 2026-11-20, null for none; the year may be left out. */
export function readDay(text) {
  const found = text.trim().match(DAY);
  if (!found) return null;
  const [year, month, date] = [found[1] ?? thisYear(), ...found.slice(2)];
  const day = [year, month.padStart(2, "0"), date.padStart(2, "0")].join("-");
  const ms = dayStart(day);
  return !Number.isNaN(ms) && dayOf(ms) === day ? day : null; // there is no 30th of February
}

const thisYear = () => (serverNow() === null ? "" : String(fields(serverNow()).year));

/** The milliseconds from a day's beginning to the time that is written, null for none. */
export function readTime(text) {
  const found = text.trim().match(TIME);
  if (!found) return null;
  const [hour, minute, second] = found.slice(1).map((each) => Number(each ?? 0));
  return hour < 24 && minute < 60 && second < 60 ? ((hour * 60 + minute) * 60 + second) * SECOND : null;
}

/** A time of day as hours and minutes. */
export const clockText = (ms) => timeOfDay(dayStart("2000-01-01") + ms).slice(0, 5);

/** The text field of a `kind`: day, time (with seconds) or clock (without). */
export function momentPart(kind) {
  const form = t(`field.${kind}.form`);
  return Object.assign(make("input", `of-${kind}`), { type: "text", placeholder: form, maxLength: 11, autocomplete: "off", spellcheck: false });
}
