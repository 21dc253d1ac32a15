// From a number to the list that makes it up, at the very moment that is on the page.

import { page, t } from "../core/page.js";
import { serverNow, timeOfDay } from "../core/clock.js";
import { count } from "../core/format.js";
import * as replay from "../core/replay.js";
import * as dialogs from "./dialogs.js";

let wall = null;
let number = 0;

/** A meeting is on the page. */
export function onMeeting(element) {
  wall = element;
  wall.querySelector(".pages").addEventListener("click", ({ target }) => {
    const shown = target.closest(".figure")?.querySelector("[data-metric]") ?? target.closest("button[data-metric]");
    if (shown) drill(shown);
  });
}

async function drill(shown) {
  const { metric, value } = shown.dataset;
  const region = shown.closest("[data-region]").dataset.region;
  const at = replay.state.at ?? new Date(serverNow()).toISOString();
  const title = t("meeting.drill.title", { name: shown.closest("[title]")?.title.split("\n")[0].split(/：|: /)[0] ?? metric, time: timeOfDay(Date.parse(at)) });
  const dialog = dialogs.open("drill");
  const mine = (number += 1);
  dialogs.entitle(dialog, title, "");
  if (value === "" || value?.startsWith("<")) return dialogs.say(dialog, t("meeting.drill.hidden"));
  dialogs.say(dialog, t("meeting.drill.loading"));
  try {
    const words = new URLSearchParams({ metric, at, lang: page.language });
    const answer = await fetch(`/api/v1/drill/${region}?${words}`, { signal: AbortSignal.timeout(20000) });
    const body = await answer.json();
    if (mine !== number) return;
    if (!answer.ok) return dialogs.say(dialog, t("meeting.drill.failed", { message: body.error.message }));
    list(dialog, body);
  } catch {
    if (mine === number) dialogs.say(dialog, t("meeting.drill.failed", { message: t("replay.problem.network") }));
  }
}

function list(dialog, { total, rows, columns }) {
  dialogs.entitle(dialog, null, t("meeting.drill.count", { count: count(total) }));
  dialog.dataset.total = total;
  const table = dialogs.tableOf(columns.map(({ title }) => title), rows.map((row) => columns.map(({ key }) => row[key] ?? "")));
  dialog.querySelector(".list").replaceChildren(table);
}
