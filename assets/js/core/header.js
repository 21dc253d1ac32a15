// The header: shift, date and the clock of the server. Its live state is the stream's.

import { t } from "./page.js";
import { fields, serverNow, timeOfDay } from "./clock.js";
import { mark, write } from "./dom.js";

export const stem = "header";
export const reads = ["patrols"];

let parts = null;

export function mount(element) {
  parts = {
    shift: element.querySelector(".shift"),
    date: element.querySelector(".date"),
    clock: element.querySelector(".clock"),
  };
  return { paint: ({ patrols }) => paintShift(patrols) };
}

function paintShift({ shift, window: hours }) {
  mark(parts.shift, "data-value", shift);
  const name = t(`shift.${shift}`);
  const text = hours && shift !== "none" ? t("shift.window", { shift: name, from: hours[0], to: hours[1] }) : name;
  write(parts.shift, text);
}

/** Turns the clock on. */
export function turn() {
  const now = serverNow();
  if (now === null || !parts) return;
  const { month, day, weekday } = fields(now);
  write(parts.clock, timeOfDay(now));
  write(parts.date, t("date", { month, day, weekday: t(`weekday.${weekday}`) }));
}
