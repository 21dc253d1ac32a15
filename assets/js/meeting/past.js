// What a meeting shows of the past: asked of the archive once each half-hour of the shown time, so
// that a paper of the same moment (datasource/office/past.py) asks for the very same.

import { page, t } from "../core/page.js";
import { dayOf, dayStart } from "../core/clock.js";
import { hand } from "../core/hand.js";

const HALF_HOUR_MS = 1800000;
const DAY_MS = 86400000;
const AGAIN_MS = 15000;
const PATIENCE_MS = 20000;
const text = (ms) => new Date(ms).toISOString();

export class Past {
  /** `spec` {days, compared: […], daily: […]} as cockpit/domain/meeting.py says; `changed` hears of
   * every answer. */
  constructor(region, spec, changed) {
    Object.assign(this, { region, spec, changed, answers: {}, until: {}, faults: {}, wanted: {}, asked: {} });
  }

  /** Wants an answer (`compare`, `days` or `departments`) for an instant in milliseconds. The last
   * one stays until it is there: `until` says of each up to when it goes. One question at a time, so
   * that a moment which runs faster than the archive answers is followed, too. */
  async need(kind, now) {
    const until = (this.wanted[kind] = Math.floor(now / HALF_HOUR_MS) * HALF_HOUR_MS);
    const asked = this.asked[kind];
    if (asked && (asked.runs || (asked.until === until && performance.now() < asked.again))) return;
    const mine = (this.asked[kind] = { until, again: Infinity, runs: true });
    const [answer, fault] = await ask(this.address(kind, until));
    if (answer) {
      this.answers[kind] = answer;
      this.until[kind] = until;
    } else {
      mine.again = performance.now() + AGAIN_MS;
      setTimeout(this.changed, AGAIN_MS + 100); // in a moment that stands still no second passes
    }
    this.faults[kind] = fault;
    mine.runs = false;
    this.changed();
  }

  /** Whether the answer that there is goes up to the moment that is wanted. */
  isCurrent(kind) { return kind in this.answers && this.until[kind] === this.wanted[kind]; }

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
    const options = { signal: AbortSignal.timeout(PATIENCE_MS), headers: hand() };
    const answer = await fetch(`${address}&lang=${page.language}`, options);
    const body = await answer.json();
    return answer.ok ? [body, null] : [null, body.error.message];
  } catch {
    return [null, t("ask.problem.network")];
  }
}
