// The queues at the left and the tiles above: counts, which one is shown, and the ways to them.

import { has, t } from "../core/page.js";
import { count } from "../core/format.js";
import { LATE, RISK, mark, write } from "../core/dom.js";
import { some } from "../core/states.js";
import { hrefOf } from "./address.js";

// Queues of what is too late or about to be: any is one too many.
const BAD = {
  overdue: "late", whistles_overdue: "late", visits_overdue: "late", at_risk: "risk", alerts_unacknowledged: "risk",
};
const SYMBOL = { late: LATE, risk: RISK };

export class Queues {
  /** `go(queue)` leads to one. */
  constructor(desk, region, go) {
    this.items = [...desk.querySelectorAll("[data-queue]")];
    this.groups = [...desk.querySelectorAll(".desk-group")];
    this.tiles = [...desk.querySelectorAll(".desk-tile b[data-count]")];
    this.known = null;
    for (const item of this.items) {
      item.href = hrefOf({ region, queue: item.dataset.queue });
      item.addEventListener("click", (event) => {
        if (event.ctrlKey || event.metaKey || event.shiftKey) return;
        event.preventDefault();
        go(item.dataset.queue);
      });
    }
  }

  /** Paints counts: queues without one are not this account's. */
  paint(counts) {
    this.known = counts;
    for (const item of this.items) {
      const value = counts[item.dataset.queue];
      item.hidden = value === undefined;
      if (item.hidden) continue;
      const number = item.querySelector("b");
      mark(number, "data-value", value);
      write(number, count(value));
      paintBad(item, BAD[item.dataset.queue], value);
    }
    for (const group of this.groups) group.hidden = !group.querySelector(".desk-queue:not([hidden])");
    this.visible().forEach((item, i) => write(item.querySelector("kbd"), i < 9 ? String(i + 1) : ""));
    for (const number of this.tiles) {
      mark(number, "data-value", counts[number.dataset.count]);
      write(number, count(counts[number.dataset.count]));
      paintTile(number.parentElement, counts[number.dataset.count]);
    }
  }

  visible() {
    return this.items.filter((item) => !item.hidden);
  }

  has(queue) {
    return this.visible().some((item) => item.dataset.queue === queue);
  }

  /** The queue under a digit's key, '' for none. */
  under(digit) {
    return this.visible()[digit - 1]?.dataset.queue ?? "";
  }

  /** The first with anything in it. */
  first() {
    const found = this.visible().find((item) => Number(item.querySelector("b").dataset.value) > 0);
    return (found ?? this.visible()[0])?.dataset.queue ?? "";
  }

  choose(queue) {
    for (const item of this.items) mark(item, "aria-current", item.dataset.queue === queue ? "page" : null);
  }
}

function paintBad(item, state, value) {
  const bad = state && value > 0;
  item.classList.toggle("is-late", Boolean(bad) && state === "late");
  item.classList.toggle("is-risk", Boolean(bad) && state === "risk");
  item.classList.toggle("none", value === 0);
}

/** A tile's state by its number, or the one that is told. */
export function paintTile(tile, value, state = some(value) ? tile.dataset.bad : "") {
  mark(tile, "data-state", state || null);
  write(tile.querySelector(".symbol"), SYMBOL[state] ?? "");
}

/** A queue's name with that of its group, where it stands without it: two groups have one of the same name. */
export function wholeName(queue) {
  const kind = document.querySelector(`.desk-queue[data-queue="${queue}"]`).closest(".desk-group").dataset.kind;
  return `${t(`desk.kind.${kind}`)} · ${queueName(queue)}`;
}

export const queueName = (queue) => (has(`desk.queue.${queue}`) ? t(`desk.queue.${queue}`) : queue);
