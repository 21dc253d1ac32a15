// The marks over the day of the time machine's bar: when whistles became overdue, and alerts.

import { root, t } from "./page.js";
import { dayStart, timeOfDay } from "./clock.js";
import { LATE, RISK, make } from "./dom.js";
import { hand } from "./hand.js";

const DAY_MS = 86400000;
// Marks of one kind closer together than this are one, with their count.
const BIN_MS = 600000;
const AGAIN_MS = 60000;
const KINDS = { whistle_overdue: [LATE, "is-late"], alert: [RISK, "is-risk"] };

export class Marks {
  /** `counts` says how many there are; `chosen(text)` hears of the instant of a mark clicked. */
  constructor(host, counts, chosen) {
    Object.assign(this, { host, counts, chosen, key: "", askedAt: -Infinity, busy: false });
  }

  /** Shows those of a day, at most once a minute anew. */
  async show(day) {
    const key = `${root.dataset.view} ${day}`;
    const now = performance.now();
    if (this.busy || (key === this.key && now - this.askedAt < AGAIN_MS)) return;
    if (key !== this.key) this.draw(day, [], false);
    this.key = key;
    this.askedAt = now;
    this.busy = true;
    const found = await ask(day);
    this.busy = false;
    if (found && this.key === key) this.draw(day, found.moments, found.truncated);
  }

  draw(day, moments, truncated) {
    const start = dayStart(day);
    const bins = new Map();
    const counts = { whistle_overdue: 0, alert: 0 };
    for (const { at, kind } of moments) {
      if (!KINDS[kind]) continue;
      counts[kind] += 1;
      const key = `${kind} ${Math.floor((Date.parse(at) - start) / BIN_MS)}`;
      const bin = bins.get(key);
      if (bin) bin.count += 1;
      else bins.set(key, { kind, at, count: 1 });
    }
    this.host.replaceChildren(...[...bins.values()].map((bin) => this.mark(bin, start)));
    const text = t("replay.counts", { overdue: counts.whistle_overdue, alert: counts.alert });
    this.counts.textContent = truncated ? `${text} · ${t("replay.truncated")}` : text;
  }

  mark({ kind, at, count }, start) {
    const [sign, className] = KINDS[kind];
    const element = make("button", `mark ${className}`, sign);
    element.type = "button";
    element.tabIndex = -1; // by keyboard one goes from one to the next
    element.dataset.moment = kind;
    element.title = t(`replay.mark.${kind}`, { time: timeOfDay(Date.parse(at)), count });
    element.style.left = `${((Date.parse(at) - start) / DAY_MS) * 100}%`;
    element.addEventListener("click", () => this.chosen(at));
    return element;
  }
}

async function ask(day) {
  const start = dayStart(day);
  const [from, to] = [start, start + DAY_MS].map((ms) => new Date(ms).toISOString());
  try {
    const region = root.dataset.view.split("/")[0];
    const answer = await fetch(`/api/v1/moments/${region}?${new URLSearchParams({ from, to })}`, { headers: hand() });
    return answer.ok ? await answer.json() : null;
  } catch {
    return null; // asked again in a minute
  }
}
