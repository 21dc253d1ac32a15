// The audit: who did what, newest first, and whether its chain is whole.

import { has, t } from "../core/page.js";
import { GOOD, LATE, make, mark, write } from "../core/dom.js";
import { get } from "../core/ask.js";
import { slotInput } from "./fields.js";
import { tell } from "./said.js";
import { Table, cell, moment } from "./table.js";

const ROWS = 100;
const TYPED_MS = 300;
const CODE = /^[a-z_]+\.[a-z_]+$/; // an outcome that is an error's
const COMMAND = "command ";
// How the actions of a family begin.
const FAMILIES = {
  session: "session.", password: "password.", account: "account.", look: "look.", command: COMMAND, duty_list: "duty_list.",
  device: "device.", playlist: "playlist.", key: "key.", paper: "paper.",
};

let place = null;
let table = null;
let filters = {};
let offset = 0;
let asked = 0; // the newest question: an older one's answer is out of date
let timer = 0;

export async function start(page) {
  place = page;
  table = new Table(place.querySelector('[data-list="audit"]'), cells);
  for (const name of ["account", "subject"]) filters[name] = slotInput(place, name, typed);
  filters.what = families();
  turner("newer").addEventListener("click", () => turn(-ROWS));
  turner("older").addEventListener("click", () => turn(ROWS));
  await read();
}

const turner = (name) => place.querySelector(`[data-do="${name}"]`);

function families() {
  const control = make("select");
  control.setAttribute("aria-label", t("manage.field.what"));
  for (const [name, begin] of [["", ""], ...Object.entries(FAMILIES)]) {
    const option = make("option", "", t(name ? `audit.group.${name}` : "manage.audit.all"));
    option.value = begin;
    control.append(option);
  }
  control.addEventListener("change", typed);
  place.querySelector('[data-field="what"]').replaceChildren(control);
  return control;
}

function typed() {
  clearTimeout(timer);
  offset = 0;
  timer = setTimeout(again, TYPED_MS);
}

function turn(rows) {
  offset = Math.max(0, offset + rows);
  again();
}

const again = () => read().catch((error) => tell(error.message, true));

async function read() {
  asked += 1;
  const mine = asked;
  const words = new URLSearchParams({ offset, limit: ROWS });
  for (const [name, input] of Object.entries(filters)) if (input.value.trim()) words.set(name, name === "what" ? input.value : input.value.trim());
  const { total, rows, whole } = await get(`/api/v1/audit?${words}`);
  if (mine !== asked) return;
  tell("");
  table.show(rows);
  const last = Math.min(total, offset + rows.length);
  table.note(t("manage.audit.note", { from: rows.length ? offset + 1 : 0, to: last, total }));
  turner("newer").disabled = offset === 0;
  turner("older").disabled = last >= total;
  const chain = place.querySelector(".chain");
  mark(chain, "data-whole", whole ? "yes" : "no");
  chain.classList.toggle("is-good", whole);
  chain.classList.toggle("is-late", !whole);
  write(chain, `${whole ? GOOD : LATE} ${t(whole ? "manage.audit.whole" : "manage.audit.broken")}`);
}

function cells({ n, at, account, name, what, subject, outcome, address }) {
  const refused = what === "access.refused"; // its outcome is only what was asked
  const bad = refused || CODE.test(outcome);
  const told = said(refused ? what : outcome);
  return [
    cell(String(n), "quiet"), cell(moment(at), "", at),
    cell(name || account || t("manage.audit.nobody"), name || account ? "name" : "quiet", account),
    cell(whatOf(what), "", what), cell(refused ? triedOf(subject) : subject, "quiet", subject), cell(bad ? `${LATE} ${told}` : told, bad ? "is-late" : "", outcome),
    cell(address || "", "quiet"),
  ];
}

/** An action in words; what is not known by name as it is written. */
function whatOf(what) {
  if (what.startsWith(COMMAND)) {
    const key = `command.${what.slice(COMMAND.length)}`;
    return t("audit.command", { what: has(key) ? t(key) : what.slice(COMMAND.length) });
  }
  return has(`audit.what.${what}`) ? t(`audit.what.${what}`) : what;
}

/** The right that was wanted in words, and the region's code. */
function triedOf(subject) {
  const [right, ...where] = subject.split(" ");
  return [whatOf(right), ...where].join(" · ");
}

/** An outcome in words, as far as its parts are known. */
function said(outcome) {
  const parts = outcome.split(", ").map((part) => (has(`audit.outcome.${part}`) ? t(`audit.outcome.${part}`) : changed(part)));
  return parts.join(" · ");
}

/** What was set: "role operator", "version 2" in words. */
function changed(part) {
  const [name, ...value] = part.split(" ");
  const [label, role] = [`audit.part.${name}`, `people.role.${value.join(" ")}`];
  return has(label) ? `${t(label)} ${has(role) ? t(role) : value.join(" ")}` : part;
}
