// How a page says that it is not live: on its root, in its title, in the header's badge.

import { page, root, t } from "./page.js";
import { fields, serverNow, timeOfDay } from "./clock.js";
import { mark, write } from "./dom.js";
import { LAST_MINUTE_MS, left, named, state } from "./replay.js";

const title = document.title;

const shown = () => state.mode === "replay" || state.mode === "leaving";

/** Says what is shown now; called at each change and each second. */
export function tell() {
  const badge = document.querySelector(".top .live");
  if (!shown()) {
    if (root.dataset.replay === undefined) return;
    mark(root, "data-replay", null);
    document.title = title;
    if (badge) mark(badge, "title", null);
    return;
  }
  mark(root, "data-live", "replay");
  mark(root, "data-replay", state.at ?? named());
  const words = wordsOf();
  document.title = t("replay.title", { ...words, title });
  if (!badge) return;
  mark(badge, "data-state", "replay");
  badge.classList.remove("is-good", "is-risk", "is-late");
  write(badge, t("replay.badge", { ...words, state: stateText() }));
  mark(document.querySelector(".top .clock"), "data-label", state.at ? t("replay.clock") : "");
}

function wordsOf() {
  const now = state.at ? serverNow() : Date.parse(named());
  if (Number.isNaN(now)) return { date: "", weekday: "", time: "" };
  const { year, month, day, weekday } = fields(now);
  return { date: t("replay.date", { year, month, day }), weekday: t(`weekday.${weekday}`), time: timeOfDay(now) };
}

function stateText() {
  const rest = left();
  if (state.mode === "leaving") return t("replay.state.leaving");
  if (rest <= LAST_MINUTE_MS) return t("replay.state.ending", { seconds: Math.max(0, Math.ceil(rest / 1000)) });
  if (!state.at) return t(state.problem ? "replay.state.none" : "replay.state.waiting");
  return state.playing ? t("replay.state.playing", { speed: state.speed }) : t("replay.state.paused");
}

/** The words for a fault: its text in the page's language, and its code. */
export function problemText({ code, message, first, last }) {
  const own = `replay.problem.${code}`;
  const facts = { first: first && whole(first), last: last && whole(last) };
  const text = own in page.texts ? t(own, facts) : (message ?? "");
  return t("replay.problem", { text, code });
}

/** An instant with its date. */
export function whole(text) {
  const { year, month, day } = fields(Date.parse(text));
  return `${t("replay.date", { year, month, day })} ${timeOfDay(Date.parse(text))}`;
}
