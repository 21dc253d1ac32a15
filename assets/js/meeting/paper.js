// A meeting as paper: `?paper=today,late` shows these pages one after the other, each with what it is
// of, when, and what its numbers mean; nothing to press.

import { root, t } from "../core/page.js";
import { dayOf, timeOfDay } from "../core/clock.js";
import { mark, write } from "../core/dom.js";
import { asked } from "../core/navigate.js";
import * as replay from "../core/replay.js";

const pages = asked("paper")?.split(",") ?? null;
mark(root, "data-paper", pages ? "" : null);
let wall = null;

/** A meeting is on the page. */
export function onMeeting(element) {
  wall = element;
  if (!pages) return;
  for (const page of wall.querySelectorAll("[data-page]")) page.hidden = !pages.includes(page.dataset.page);
}

/** Says of which moment it is. */
export function tell() {
  const at = replay.state.at && Date.parse(replay.state.at);
  if (!pages || !wall || !at) return;
  const stamp = t("meeting.stamp", { place: wall.dataset.name, time: `${dayOf(at)} ${timeOfDay(at)}` });
  for (const each of wall.querySelectorAll(".stamp")) write(each, stamp);
}
