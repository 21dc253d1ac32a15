// From a number to the list that makes it up, at the very moment that is on the page.

import { page, t } from "../core/page.js";
import { dayOf, timeOfDay } from "../core/clock.js";
import { count } from "../core/format.js";
import { make } from "../core/dom.js";
import * as dialogs from "./dialogs.js";
import { moment } from "./tools.js";

const PAGE = 200;

let wall = null;
let number = 0;

/** A meeting is on the page. */
export function onMeeting(element) {
  wall = element;
  wall.querySelector(".pages").addEventListener("click", ({ target }) => {
    const button = target.closest("button");
    const shown = button?.matches("[data-metric], [data-list]") ? button : button?.querySelector("[data-metric]");
    if (shown) drill(shown);
  });
}

async function drill(shown) {
  const { value, list: metric = shown.dataset.metric } = shown.dataset;
  const region = shown.closest("[data-region]").dataset.region;
  const at = shown.dataset.at ?? moment();
  const name = shown.closest("[title]")?.title.split("\n")[0].split(/：|: /)[0] ?? metric;
  const title = t("meeting.drill.title", { name, time: `${dayOf(Date.parse(at))} ${timeOfDay(Date.parse(at))}` });
  const dialog = dialogs.open("drill");
  const mine = (number += 1);
  dialogs.entitle(dialog, title, "");
  if (shown.textContent.trim() === t("none")) return dialogs.say(dialog, t("meeting.empty"));
  dialogs.say(dialog, t("meeting.drill.loading"));
  const more = async (start, of) => {
    const [found, fault] = await ask(region, { metric, at: of, start, end: start + PAGE });
    if (mine !== number) return;
    if (fault) return dialogs.say(dialog, t("meeting.drill.failed", { message: fault }));
    const size = t("meeting.drill.count", { count: count(found.total) });
    dialogs.entitle(dialog, null, [size, ...differences(found, at, metric.endsWith("_minutes") ? null : value)].join(" · "));
    // The next rows are those of the very same moment.
    list(dialog, found, start, (next) => more(next, found.at));
  };
  await more(0, at);
}

/** What a list says when it is not quite that of the picture: its own moment, the picture's number
 * (null: the number is no count of the list). */
function differences(found, at, value) {
  const said = [];
  const then = Date.parse(found.at);
  if (then !== Date.parse(at)) said.push(t("meeting.drill.until", { time: `${dayOf(then)} ${timeOfDay(then)}` }));
  const counted = /^\d+$/.test(value ?? "") && Number.isInteger(found.value);
  if (counted && Number(value) !== found.value) said.push(t("meeting.drill.shown", { value: count(Number(value)) }));
  return said;
}

async function ask(region, words) {
  try {
    const query = new URLSearchParams({ ...words, lang: page.language });
    const answer = await fetch(`/api/v1/drill/${region}?${query}`, { signal: AbortSignal.timeout(20000) });
    const body = await answer.json();
    if (answer.ok) return [body, null];
    const persons = body.error.code === "access.refused" && /^(people|visits)\./.test(words.metric);
    return [null, persons ? t("meeting.drill.persons") : body.error.message];
  } catch {
    return [null, t("ask.problem.network")];
  }
}

/** Shows rows from `start` on; a button brings the next ones. */
function list(dialog, { total, rows, columns }, start, more) {
  dialog.dataset.total = total;
  const cells = rows.map((row) => columns.map(({ key }) => row[key] ?? ""));
  const table = dialogs.tableOf(columns.map(({ title }) => title), cells);
  const host = dialog.querySelector(".list");
  if (start) {
    host.querySelector("tbody").append(...table.querySelectorAll("tbody tr"));
    host.querySelector("button").remove();
  } else host.replaceChildren(table);
  const next = start + rows.length;
  if (next >= total || !rows.length) return;
  const button = host.appendChild(make("button", "tool", t("meeting.drill.more", { count: count(total - next) })));
  button.type = "button";
  button.addEventListener("click", () => more(next), { once: true });
}
