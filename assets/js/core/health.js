// How this screen is, for those who watch over all screens. The server's question stays open until
// there is something to say: every 20 s, and at once when the page has become live or finds itself
// at another server.

import { page } from "./page.js";

const PERIOD_MS = 20000;

let answer = null; // the server's open question
let toldAt = performance.now();
let was = null; // the state at the last look
let revived = false; // it has become live, and has not told its server so

/** The server asks; `reply(report)` is called once. */
export function asked(reply) {
  answer = reply;
}

/** There is a new connection, perhaps to another server. */
export function connected() {
  answer = was = null;
}

/** Called a few times a second: `live` as the page shows it, its picture's number (0: it has
 * none), and the age of that in real milliseconds. */
export function tell(live, seq, age) {
  const now = performance.now();
  revived = live === "live" && (revived || was !== live);
  was = live;
  if (!answer || (!revived && now - toldAt < PERIOD_MS)) return;
  answer({
    seq,
    age_ms: Math.max(0, Math.round(age)),
    live,
    build: page.build,
    width: innerWidth,
    height: innerHeight,
  });
  answer = null;
  revived = false;
  toldAt = now;
}
