// The server's clock, from its last word and the time since. The page's own date is not trusted.

let base = null; // the server's milliseconds when the page's monotonic clock showed `since`
let since = 0;
let speed = 1;

export function setClock(serverMs, heardAt, rate = 1) {
  base = serverMs;
  since = heardAt;
  speed = rate;
}

/** The server's time in milliseconds since 1970, or null before its first word. */
export const serverNow = () => (base === null ? null : base + (performance.now() - since) * speed);
export const clockSpeed = () => speed;

const SHANGHAI = 8 * 3600 * 1000;
const two = (n) => String(n).padStart(2, "0");

/** Fields of an instant in Shanghai's time. */
export function fields(ms) {
  const d = new Date(ms + SHANGHAI);
  return {
    year: d.getUTCFullYear(),
    month: d.getUTCMonth() + 1,
    day: d.getUTCDate(),
    weekday: d.getUTCDay(),
    hour: d.getUTCHours(),
    minute: d.getUTCMinutes(),
  };
}

export function timeOfDay(ms) {
  const d = new Date(ms + SHANGHAI);
  return `${two(d.getUTCHours())}:${two(d.getUTCMinutes())}:${two(d.getUTCSeconds())}`;
}

/** The day of an instant as 2026-11-23. */
export function dayOf(ms) {
  return new Date(ms + SHANGHAI).toISOString().slice(0, 10);
}

/** The instant at which a day begins, of its date as 2026-11-23. */
export const dayStart = (day) => Date.parse(`${day}T00:00:00+08:00`);

/** The RFC 3339 text of an instant; one without an offset is of Shanghai. Null when it is none. */
export function instantText(text) {
  // An address has lost the plus sign of an offset to a space.
  const whole = text.trim().replace(/ (\d\d:\d\d)$/, "+$1").replace(" ", "T");
  const placed = /(Z|[+-]\d\d:\d\d)$/i.test(whole) ? whole : `${whole.includes("T") ? whole : `${whole}T00:00`}+08:00`;
  const ms = Date.parse(placed);
  return Number.isNaN(ms) ? null : new Date(ms).toISOString();
}

/** A stretch of time as h:mm:ss. */
export function span(ms) {
  const seconds = Math.floor(Math.abs(ms) / 1000);
  return `${Math.floor(seconds / 3600)}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
}
