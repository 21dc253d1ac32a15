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

/** A stretch of time as h:mm:ss. */
export function span(ms) {
  const seconds = Math.floor(Math.abs(ms) / 1000);
  return `${Math.floor(seconds / 3600)}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
}
