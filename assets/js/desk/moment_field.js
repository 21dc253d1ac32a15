// A field for an instant, written as everywhere on the desk (2026-11-24 15:10, Shanghai's time) whatever
// language the browser speaks, with the usual choices beside it.

import { fields, serverNow } from "../core/clock.js";
import { t } from "../core/page.js";
import { make } from "../core/dom.js";

const HOUR = 3600 * 1000;
const DAY = 24 * HOUR;
const SHANGHAI = 8 * HOUR;
// The year may be left out; the signs between are those of any keyboard,
// the Chinese ones for year, month and day among them.
const WRITTEN = /^(?:(\d{4})[-/.\u5e74])?(\d{1,2})[-/.\u6708](\d{1,2})\u65e5?[ T　]+(\d{1,2})[:：](\d{2})$/;

const textOf = (ms) => new Date(ms + SHANGHAI).toISOString().slice(0, 16).replace("T", " ");

/** The milliseconds of what is written, null when it is no instant. */
function read(text) {
  const found = text.trim().match(WRITTEN);
  if (!found) return null;
  const [year, month, day, hour, minute] = found.slice(1).map((each) => (each === undefined ? fields(serverNow()).year : Number(each)));
  const ms = Date.UTC(year, month - 1, day, hour, minute) - SHANGHAI;
  const back = fields(ms);
  return back.month === month && back.day === day && back.hour === hour ? ms : null;
}

function faultOf(text, from, to) {
  const ms = read(text);
  if (!text.trim()) return "";
  if (ms === null) return t("field.moment");
  if (ms < from) return t("field.moment.least", { bound: textOf(from) });
  return ms > to ? t("field.moment.most", { bound: textOf(to) }) : "";
}

/** An instant between bounds; `first` stands there at the start. `steps` (milliseconds) after `base` are
 * offered. {control, element, value()}: the instant as RFC 3339, null for none. */
export function momentInput({ first, from, to, required, steps, base }) {
  const control = make("input");
  Object.assign(control, { type: "text", required, maxLength: 20, placeholder: t("field.moment.form"), autocomplete: "off", spellcheck: false });
  const judge = () => control.setCustomValidity(faultOf(control.value, from, to));
  control.addEventListener("input", judge);
  if (first) control.value = textOf(first);
  const element = make("div", "moment");
  element.append(control, ...steps.map((step) => chip(step, () => {
    control.value = textOf(base + step);
    control.dispatchEvent(new Event("input"));
  })));
  return { control, element, value: () => (control.value.trim() ? new Date(read(control.value)).toISOString() : null) };
}

function chip(step, does) {
  const [unit, length] = step < DAY ? ["hours", HOUR] : ["days", DAY];
  const button = make("button", "chip", t(`desk.plus.${unit}`, { count: step / length }));
  button.type = "button";
  button.addEventListener("click", does);
  return button;
}
