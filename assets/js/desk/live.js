// How a desk stays true: when the frame of its region moves, counts and the rows in sight are asked
// for again, at most every two seconds; after commands of its own at once, until they have come back.

import { get } from "../core/ask.js";
import * as commands from "./commands.js";
import { failed, well } from "./told.js";

const EVERY_MS = 2000;
const SOON_MS = 250;
const SLOW_MS = 15000; // also when no frame says so: time alone makes things late

export class Live {
  /** `looks` are asked in turn, each an async function. */
  constructor(region, looks) {
    this.region = region;
    this.looks = looks;
    this.askedAt = -Infinity;
    this.timer = 0;
    this.busy = false;
    this.again = false;
    this.ended = false;
    this.heart = setInterval(() => this.moved(), SLOW_MS);
  }

  end() {
    this.ended = true;
    clearTimeout(this.timer);
    clearInterval(this.heart);
  }

  /** The region's picture has changed. */
  moved() {
    this.later(Math.max(0, this.askedAt + EVERY_MS - performance.now()));
  }

  /** Something of one's own is under way. */
  soon() {
    this.later(SOON_MS, true);
  }

  later(ms, sooner = false) {
    if (this.ended || (this.timer && !sooner)) return;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.ask(), ms);
  }

  async ask() {
    this.timer = 0;
    if (this.busy) return (this.again = true);
    this.busy = true;
    this.askedAt = performance.now();
    try {
      for (const look of this.looks) await look();
      well();
    } catch (error) {
      failed(error);
    }
    this.busy = false;
    if (this.ended) return;
    if (commands.waiting().all) this.soon();
    else if (this.again) this.moved();
    this.again = false;
  }
}

/** How many lie in each queue: {n, at, counts}. */
export const counts = (region) => get(`/api/v1/desk/${region}/queues`);
