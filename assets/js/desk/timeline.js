// What happened to a subject: how long each part of its way took, and its events, the newest first.

import { serverNow } from "../core/clock.js";
import { has, t } from "../core/page.js";
import { make } from "../core/dom.js";
import { factsOf, sourceName } from "./events.js";
import { section } from "./section.js";
import { ticking } from "./ticking.js";
import { instant, stretch, SYMBOLS } from "./words.js";

/** The parts of its way; the one that lasts is measured up to now (`at` before the clock is known). */
export function drawLegs(legs, at) {
  const part = section("legs");
  for (const { name, start, end, due, late } of legs) {
    const row = make("div", `leg ${late ? "is-late" : ""}`);
    const lasts = () => stretch((end ? Date.parse(end) : serverNow() ?? Date.parse(at)) - Date.parse(start));
    row.append(
      make("span", "name", has(`leg.${name}`) ? t(`leg.${name}`) : t(`stage.${name}`)),
      ticking(make("span"), () => (end ? lasts() : t("desk.lasts", { time: lasts() }))),
      make("span", "", due ? t("desk.due_at", { time: instant(due) }) : ""),
      make("span", "n", due ? (late ? `${SYMBOLS.overdue} ${t("desk.late")}` : `${SYMBOLS.in_time} ${t("desk.in_time")}`) : ""),
    );
    part.append(row);
  }
  part.hidden = !legs.length;
  return part;
}

/** Its events, each with who did it and what it said. `refusals`: why one may not have been taken, by code. */
export function drawEvents(events, refusals) {
  const part = section("timeline");
  const list = part.appendChild(make("ol", "timeline"));
  const moved = events.map((each, i) => each.deadline !== events[i - 1]?.deadline);
  for (const [i, each] of [...events.entries()].reverse()) {
    const item = make("li", each.refused ? "refused" : "");
    item.append(make("time", "", instant(each.time)), make("b", "", t(`command.${each.type}`)));
    const who = each.name || sourceName(each.actor);
    if (who) item.append(make("span", "who", who));
    const facts = factsOf(each);
    if (facts) item.append(make("p", "", facts));
    // A deadline is told where it was set anew.
    if (each.deadline && moved[i]) item.append(make("p", "quiet", t("desk.deadline_then", { time: instant(each.deadline) })));
    if (each.refused) item.append(make("p", "is-risk", t("desk.not_taken", { why: refusals[each.refused] ?? each.refused })));
    list.append(item);
  }
  part.hidden = !events.length;
  return part;
}
