// What a meeting shows of the past: asked of the archive once each half-hour of the shown time, so
// that a paper of the same moment (datasource/office/past.py) asks for the very same.

import { dayOf, dayStart } from "../core/clock.js";
import { hand } from "../core/hand.js";

const HALF_HOUR_MS = 1800000;
const DAY_MS = 86400000;
const AGAIN_MS = 15000;
const text = (ms) => new Date(ms).toISOString();

export class Past {
  /** `spec` {days, compared: […], daily: […]} as cockpit/domain/meeting.py says; `changed` hears of
   * every answer. */
  constructor(region, spec, changed) {
    Object.assign(this, { region, spec, changed, answers: {}, faults: {}, asked: {} });
  }

  /** Wants an answer (`compare`, `days` or `departments`) for an instant in milliseconds. */
  async need(kind, now) {
    const until = Math.floor(now / HALF_HOUR_MS) * HALF_HOUR_MS;
    const asked = this.asked[kind];
    if (asked?.until === until && performance.now() < asked.again) return;
    if (asked && asked.until !== until) delete this.answers[kind];
    const mine = (this.asked[kind] = { until, again: Infinity });
    const [answer, fault] = await ask(this.address(kind, until));
    if (this.asked[kind] !== mine) return;
    if (answer) this.answers[kind] = answer;
    this.faults[kind] = fault;
    if (fault) mine.again = performance.now() + AGAIN_MS;
    this.changed();
  }

  address(kind, until) {
    const { days, compared, daily } = this.spec;
    const from = text(dayStart(dayOf(until - 1)) - (days - 1) * DAY_MS);
    const words = {
      compare: ["/compare", { metrics: compared.join(","), at: text(until) }],
      days: ["", { metrics: daily.join(","), by: "day", from, to: text(until) }],
      departments: ["/departments", { from, to: text(until) }],
    }[kind];
    return `/api/v1/history/${this.region}${words[0]}?${new URLSearchParams(words[1])}`;
  }
}

async function ask(address) {
  try {
    const answer = await fetch(address, { headers: hand() });
    const body = await answer.json();
    return answer.ok ? [body, null] : [null, body.error.code];
  } catch {
    return [null, "network"];
  }
}
