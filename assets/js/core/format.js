// How a raw value of the frame is written.

import { t } from "./page.js";

const whole = new Intl.NumberFormat("en-US", { maximumFractionDigits: 0 });
const missing = (value) => value === null || value === undefined;

/** A count with separators. Masked values ("<5") stay as the server masked them. */
export function count(value) {
  if (missing(value)) return t("none");
  return typeof value === "number" ? whole.format(value) : value;
}

const share_ = (value, digits) =>
  missing(value) ? t("none") : t("percent", { value: (value * 100).toFixed(digits) });
export const percent = (value) => share_(value, 1);
export const share = (value) => share_(value, 0);
export const forms = { count, percent, share };

/** A stretch of minutes in words. */
export function duration(minutes) {
  if (missing(minutes)) return t("none");
  const all = Math.round(minutes);
  if (all < 60) return t("duration.minutes", { minutes: all });
  const hours = Math.floor(all / 60);
  if (hours < 48) return t("duration.hours", { hours, minutes: String(all % 60).padStart(2, "0") });
  return t("duration.days", { days: Math.floor(hours / 24), hours: hours % 24 });
}

/** What data-value holds: JSON of the raw value, empty for none and for one the server hides. */
export const raw = (value) =>
  missing(value) || value === "*" ? "" : typeof value === "object" ? JSON.stringify(value) : String(value);
