// How a desk stays true: when the frame of its region moves, counts and the rows in sight are asked
// for again, at most every two seconds, until what answers has all that the frame has; after commands
// of its own at once, until they have come back.

import { get } from "../core/ask.js";
import * as commands from "./commands.js";
import { failed, well } from "./told.js";

const EVERY_MS = 2000;
const BEHIND_MS = 700; // how long after a frame the archive, which answers here, has what is in it
const SOON_MS = 250;
const FEW = 500; // events
const SLOW_MS = 15000; // also when no frame says so: time alone makes things late

export class Live {
  /** `looks` are asked in turn, each an async function. */
  constructor(looks) {
    this.looks = looks;
    this.wanted = { seq: 0, at: 0 }; // of the frame that moved last
    this.had = { seq: 0, at: 0 }; // of the counts that came last
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

  /** The region's picture has changed: with this frame, if one says so. */
  moved(frame) {
    if (frame) this.wanted = { seq: frame.seq, at: Date.parse(frame.at) };
    this.later(Math.max(BEHIND_MS, this.askedAt + EVERY_MS - performance.now()));
  }

  /** Counts came, of the log up to entry `n` and of the instant `at`. */
  counted(n, at) {
    this.had = { seq: n, at: Date.parse(at) };
  }

  isBehind() {
    return this.had.seq < this.wanted.seq || this.had.at < this.wanted.at;
  }

  /** How many events the lists lack that are in the numbers above them; a few are on their way. */
  lag() {
    const lacks = this.wanted.seq - this.had.seq;
    return lacks > FEW ? lacks : 0;
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
    else if (this.again || this.isBehind()) this.moved();
    this.again = false;
  }
}

/** How many lie in each queue: {n, at, counts}. */
export const counts = (region) => get(`/api/v1/desk/${region}/queues`);
