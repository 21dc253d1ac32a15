// The entry of the operators' page: asks for the status every two seconds, hands it to the lists,
// and says how old it is when it cannot be had.

import { page, root, t } from "../core/page.js";
import { fields, setClock, serverNow, timeOfDay } from "../core/clock.js";
import { mark, write } from "../core/dom.js";
import { get, whenSignedOut } from "../core/ask.js";
import { hand } from "../core/hand.js";
import { paintLists } from "./status_lists.js";
import { paintStages } from "./status_stages.js";

const EVERY_MS = 2000;
const PATIENCE_MS = 5000;
const STALE_MS = 6000;
const PAIRED_MS = 10000;

let place = null; // the page's element
let last = null; // the last status
let heardAt = 0; // when it came, by the page's monotonic clock
let fault = null; // what the server said in its place
let paired = { devices: [], playlists: [] }; // whose names only those know who are signed in

async function ask() {
  try {
    const answer = await fetch(`/api/v1/status?lang=${page.language}`, { headers: hand(), signal: AbortSignal.timeout(PATIENCE_MS) });
    const said = await answer.json();
    fault = answer.ok ? null : (said.error?.message ?? answer.statusText);
    if (answer.ok) heard(said);
  } catch {
    fault = null; // nobody answered: the age of the last status says it
  }
  look();
}

/** The paired screens, for who may see them. */
async function askPaired() {
  try {
    paired = await get("/api/v1/devices");
  } catch {
    // Their last state stays.
  }
}

function heard(status) {
  const rates = last ? { before: last, seconds: (performance.now() - heardAt) / 1000 } : null;
  heardAt = performance.now();
  setClock(Date.parse(status.at), heardAt);
  if (rates && status.at === last.at) return;
  last = status;
  paintStages(place, status, rates);
  paintLists(place, { ...status, paired });
  tellReady(status);
  beat();
}

function tellReady({ missing, faults }) {
  const ready = place.querySelector(".ready");
  const wrong = [...missing, ...faults].map((name) => {
    const text = t(`status.missing.${name}`);
    return text.startsWith("status.") ? name : text;
  });
  ready.classList.toggle("is-good", !wrong.length);
  ready.classList.toggle("is-late", wrong.length > 0);
  mark(root, "data-ready", wrong.length ? "no" : "yes");
  write(ready, wrong.length ? t("status.not_ready", { what: wrong.join(t("status.and")) }) : t("status.ready"));
}

/** The veil comes by itself unless each answer starts it anew. */
function beat() {
  const veil = place.querySelector(".veil");
  veil.dataset.beat = veil.dataset.beat === "a" ? "b" : "a";
}

function look() {
  if (!place) return;
  const stale = !last || performance.now() - heardAt > STALE_MS;
  const live = !last ? "offline" : stale || fault ? "stale" : "live";
  mark(root, "data-live", live);
  mark(root, "data-dated", last && stale ? "" : null);
  const pill = place.querySelector(".top .live");
  pill.classList.toggle("is-good", live === "live");
  pill.classList.toggle("is-late", live !== "live");
  const time = last ? timeOfDay(Date.parse(last.at)) : t("none");
  write(pill, live === "live" ? t("status.live") : t("status.lost", { time }));
  write(place.querySelector(".veil-text"), [t("status.veil", { time }), fault].filter(Boolean).join("\n"));
  tellTime();
}

function tellTime() {
  const now = serverNow();
  if (now === null) return;
  const { month, day, weekday } = fields(now);
  write(place.querySelector(".clock"), timeOfDay(now));
  write(place.querySelector(".date"), t("date", { month, day, weekday: t(`weekday.${weekday}`) }));
}

/** Begins once Dash has built the page. */
function begin() {
  place = document.querySelector("[data-status]");
  if (!place) return false;
  ask();
  setInterval(ask, EVERY_MS);
  if (page.account) {
    whenSignedOut(() => {}); // the rest of the page may be for anybody
    askPaired();
    setInterval(askPaired, PAIRED_MS);
  }
  setInterval(look, 500);
  return true;
}

if (!begin()) {
  const observer = new MutationObserver(() => begin() && observer.disconnect());
  observer.observe(document.getElementById("react-entry-point"), { childList: true, subtree: true });
}
