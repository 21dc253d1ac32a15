// What one does with a page: freeze its moment, share it, take it home, look up what its numbers mean.

import { showBriefs } from "../core/briefs.js";
import { page, root, t } from "../core/page.js";
import { dayOf, serverNow, timeOfDay } from "../core/clock.js";
import { make, mark, write } from "../core/dom.js";
import { asked, keep } from "../core/navigate.js";
import * as bar from "../core/replay_bar.js";
import * as replay from "../core/replay.js";
import * as dialogs from "./dialogs.js";
import { shownAt } from "./panel.js";
import { shownPage } from "./turn.js";

const PATIENCE_MS = 70000;
// Before anything is drawn.
mark(root, "data-theme", asked("theme") === "light" ? "light" : null);

let wall = null;
let busy = false;

const find = (selector) => wall.querySelector(selector);
const light = () => root.dataset.theme === "light";

/** A meeting is on the page. */
export function onMeeting(element) {
  wall = element;
  find(".meeting-tools").addEventListener("click", pressed);
  find(".crumbs")?.addEventListener("pointerover", nameLinks);
  tell();
}

function pressed({ target }) {
  const button = target.closest("button");
  if (!button) return;
  const { do: what, paper, of } = button.dataset;
  dialogs.closePapers();
  if (paper) takePaper(paper, of);
  else if (what) ({ freeze, copy, theme, legend, briefs })[what]();
}

/** Says what is so now; called at each change and each second. */
export function tell() {
  if (!wall) return;
  const { mode, at } = replay.state;
  const frozen = mode !== "live" && mode !== "leaving";
  write(find('[data-do="freeze"]'), t(frozen ? "meeting.freeze.live" : "meeting.freeze"));
  mark(find('[data-do="freeze"]'), "aria-pressed", String(frozen));
  write(find(".frozen"), frozen && at ? t("meeting.frozen", { time: `${dayOf(Date.parse(at))} ${timeOfDay(Date.parse(at))}` }) : "");
  write(find('[data-do="theme"]'), t(light() ? "meeting.theme.dark" : "meeting.theme.light"));
  nameLinks();
}

/** Links to elsewhere keep the moment and the theme. */
function nameLinks() {
  for (const link of wall.querySelectorAll("[data-meeting-of]")) link.href = `/meeting/${link.dataset.meetingOf}/${shownPage()}${location.search}`;
  find('[data-to="wall"]').href = `/wall/${wall.dataset.wall}${location.search}`;
  find('[data-to="desk"]').href = `/desk/${wall.dataset.wall}${page.language === "zh" ? "" : `?lang=${page.language}`}`;
}

function said(words) {
  write(find(".said"), words);
}

/** The moment on the page, as the server writes instants. */
export function moment() {
  return replay.state.at ?? shownAt ?? new Date(serverNow() ?? 0).toISOString();
}

function freeze() {
  const { mode } = replay.state;
  if (mode === "live" || mode === "leaving") {
    keep("stay", "1");
    if (!bar.isOpen()) keep("bar", "0");
    replay.seek(moment());
  } else {
    keep("stay", null);
    bar.goLive();
  }
}

async function copy() {
  try {
    await navigator.clipboard.writeText(location.href);
    said(t("meeting.copied"));
  } catch {
    said(t("meeting.copy.failed"));
  }
}

function theme() {
  const next = light() ? null : "light";
  keep("theme", next);
  mark(root, "data-theme", next);
  document.dispatchEvent(new Event("meeting:themed"));
}

function legend() {
  const dialog = dialogs.open("legend");
  for (const list of dialog.querySelectorAll("[data-legend]")) list.hidden = list.dataset.legend !== shownPage();
}

/** Asks for a paper of what is on the page, and hands it to the browser as a file. */
async function takePaper(form, of) {
  if (busy) return;
  const kind = t(`meeting.papers.${form}`);
  const pages = of === "all" ? [...wall.querySelectorAll("[data-page]")].map(({ dataset }) => dataset.page) : [shownPage()];
  const wanted = { region: wall.dataset.wall, pages, format: form, at: moment(), language: page.language, theme: light() ? "light" : "dark" };
  busy = true;
  said(t("meeting.papers.busy", { kind }));
  const [made, fault] = await ask(`/api/v1/papers?lang=${page.language}`, fileOf, {
    method: "POST", body: JSON.stringify(wanted),
    headers: { "Content-Type": "application/json", "X-CSRFToken": page.csrf ?? "" },
  });
  if (made) hand(...made);
  said(made ? t("meeting.papers.done", { kind }) : t("meeting.papers.failed", { message: fault }));
  busy = false;
}

const fileOf = async (answer) => [await answer.blob(), answer.headers.get("Content-Disposition")];

/** What `read` makes of an answer, or null and why there is none, in the page's language. */
async function ask(address, read, options = {}) {
  try {
    const answer = await fetch(address, { signal: AbortSignal.timeout(PATIENCE_MS), ...options });
    return answer.ok ? [await read(answer), null] : [null, (await answer.json()).error.message];
  } catch {
    return [null, t("ask.problem.network")];
  }
}

function hand(blob, disposition) {
  const name = /filename\*=UTF-8''([^;]+)/.exec(disposition ?? "");
  const link = make("a");
  link.href = URL.createObjectURL(blob);
  link.download = name ? decodeURIComponent(name[1]) : "";
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
}

function briefs() {
  const dialog = dialogs.open("briefs");
  showBriefs(dialog.querySelector(".briefs"), wall.dataset.wall);
}
