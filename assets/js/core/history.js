// A region's days before today, asked of the archive.

import { root } from "./page.js";
import { dayOf, dayStart } from "./clock.js";
import { hand } from "./hand.js";

const DAY_MS = 86400000;
const AGAIN_MS = 600000;
const SOON_MS = 30000;

export class History {
  /** `metrics` by their names; `changed` hears of every answer. `days` is {days: […dates], series}
   * of what was answered last, or null; `fault` the code of an answer that failed, or null. */
  constructor(metrics, changed) {
    Object.assign(this, { metrics, changed, days: null, fault: null, key: "", askAt: 0, number: 0 });
  }

  /** Wants the `count` days up to an instant, its own day the last: asks when they are others
   * than before, and again each ten minutes, for what comes late changes days that are over. */
  async need(region, count, now) {
    const key = `${region} ${count} ${dayOf(now)} ${root.dataset.live === "replay"}`;
    if (key === this.key && performance.now() < this.askAt) return;
    if (key !== this.key) this.days = this.fault = null;
    this.key = key;
    this.askAt = performance.now() + AGAIN_MS;
    const number = (this.number += 1);
    const [days, fault] = await ask(region, this.metrics, count, now);
    if (number !== this.number) return;
    this.fault = fault;
    this.days = days ?? this.days;
    if (fault) this.askAt = performance.now() + SOON_MS;
    this.changed();
  }
}

async function ask(region, metrics, count, now) {
  const words = new URLSearchParams({ metrics: metrics.join(","), by: "day" });
  if (root.dataset.live === "replay") {
    words.set("from", new Date(dayStart(dayOf(now)) - (count - 1) * DAY_MS).toISOString());
    words.set("to", new Date(now + 1).toISOString()); // at midnight, too, there is a period
  } else words.set("days", count);
  try {
    const answer = await fetch(`/api/v1/history/${region}?${words}`, { headers: hand() });
    const body = await answer.json();
    return answer.ok ? [{ days: body.at, series: body.series }, null] : [null, body.error.code];
  } catch {
    return [null, "network"];
  }
}
