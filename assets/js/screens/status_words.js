// How the operators' page writes figures.

import { t } from "../core/page.js";
import { count } from "../core/format.js";
import { fields, serverNow, timeOfDay } from "../core/clock.js";

export const number = (value) => count(Math.round(value));

/** A stretch of milliseconds, coarse: what matters is whether it is short. */
export function age(ms) {
  if (ms === null || ms === undefined) return t("none");
  if (ms < 1000) return t("status.ms", { value: Math.round(ms) });
  if (ms < 10000) return t("status.seconds", { value: (ms / 1000).toFixed(1) });
  if (ms < 120000) return t("status.seconds", { value: Math.round(ms / 1000) });
  if (ms < 7200000) return t("status.minutes", { value: Math.round(ms / 60000) });
  return t("status.hours", { value: Math.round(ms / 3600000) });
}

export function bytes(value) {
  return value < 1e9 ? `${(value / 1e6).toFixed(value < 1e7 ? 1 : 0)} MB` : `${(value / 1e9).toFixed(1)} GB`;
}

/** A counter's rate since the last look; a counter that began anew has none. */
export function rate(value, before, seconds) {
  if (before === undefined || !seconds || value < before) return t("none");
  return t("status.per_second", { value: ((value - before) / seconds).toFixed(1) });
}

/** An instant: the time of day, with the day when it was another one. */
export function moment(text) {
  const ms = Date.parse(text);
  const { month, day } = fields(ms);
  const today = fields(serverNow() ?? ms);
  const time = timeOfDay(ms);
  return month === today.month && day === today.day ? time : t("status.day", { month, day, time: time.slice(0, 5) });
}
