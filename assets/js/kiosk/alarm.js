// The alarm on a wall: emergency whistles that are overdue and critical alerts that nobody has
// acknowledged, as the frame tells them. It stays, and rings where it may, until somebody
// acknowledges it on this screen or it is over. Place and kind only, nothing of a person.

import { categoryName, root, t } from "../core/page.js";
import { timeOfDay } from "../core/clock.js";
import { LATE, mark, write } from "../core/dom.js";
import { shownFrame } from "../core/stage.js";
import * as sound from "./sound.js";

const KEY = "cockpit.acknowledged";
const MOST_KEPT = 200;

let calling = []; // those that nobody has acknowledged here, newest first

const acknowledged = () => JSON.parse(sessionStorage.getItem(KEY) ?? "[]");

export const isRaised = () => calling.length > 0;

/** Every alarm of a frame as {key, at, title, place, what}. */
function alarmsOf({ whistles, alerts }) {
  const late = whistles.alarms.map((each) => ({
    key: `whistle ${each.region} ${each.department} ${each.category} ${each.leg} ${each.due}`,
    at: Date.parse(each.due),
    title: t("alarm.whistle"),
    place: each.street,
    what: t("alarm.whistle.what", {
      department: each.department,
      category: categoryName(each.category),
      leg: t(`leg.${each.leg}`),
      time: timeOfDay(Date.parse(each.due)).slice(0, 5),
    }),
  }));
  const critical = alerts.alarms.map((each) => ({
    key: `alert ${each.region} ${each.kind} ${each.raised}`,
    at: Date.parse(each.raised),
    title: t("alarm.alert"),
    place: each.street,
    what: t("alarm.alert.what", {
      kind: t(`alarm.kind.${each.kind}`),
      time: timeOfDay(Date.parse(each.raised)).slice(0, 5),
    }),
  }));
  return [...late, ...critical].sort((a, b) => b.at - a.at);
}

export function acknowledge() {
  const keys = [...acknowledged(), ...calling.map(({ key }) => key)];
  sessionStorage.setItem(KEY, JSON.stringify(keys.slice(-MOST_KEPT)));
  calling = [];
  show();
}

/** Called twice a second; a moment that is not now raises nothing. */
export function look(live) {
  const frame = live ? shownFrame() : null;
  const seen = new Set(acknowledged());
  calling = frame ? alarmsOf(frame.panels).filter(({ key }) => !seen.has(key)) : [];
  show();
  if (calling.length) sound.ring();
}

function show() {
  const band = document.querySelector(".alarm");
  if (!band) return;
  const [first] = calling;
  const find = (name) => band.querySelector(`.alarm-${name}`);
  mark(band.closest("[data-wall]"), "data-alarm", first ? calling.length : null);
  mark(root, "data-alarm", first ? "raised" : null);
  if (first) {
    write(find("title"), `${LATE} ${first.title}`);
    write(find("place"), first.place);
    write(find("what"), first.what);
    write(find("more"), calling.length > 1 ? t("alarm.more", { count: calling.length - 1 }) : "");
    find("sound").hidden = sound.isReady();
  }
  band.hidden = !first;
}

export function start() {
  document.addEventListener("click", ({ target }) => {
    if (target.closest?.(".alarm-seen")) acknowledge();
    if (target.closest?.(".alarm-sound")) sound.toggle();
  });
}
