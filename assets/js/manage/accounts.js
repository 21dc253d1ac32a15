// Accounts: who may sign in, as what, and for which region.

import { page, t } from "../core/page.js";
import { GOOD, RISK } from "../core/dom.js";
import { get, send } from "../core/ask.js";
import { confirm, form, reveal } from "./dialog.js";
import { choiceText, slotInput } from "./fields.js";
import { tell } from "./said.js";
import { Table, cell, moment } from "./table.js";

let table = null;
let filter = null;
let known = [];
let departments = []; // as the whistle lists name them

export async function start(place) {
  table = new Table(place.querySelector('[data-list="accounts"]'), cells);
  filter = slotInput(place, "filter", show);
  place.querySelector('[data-do="account"]').addEventListener("click", create);
  await read();
  departments = await whistled().catch(() => []); // they are only suggested
}

async function whistled() {
  const { lists } = await get(`/api/v1/duties/${page.account.region}?name=whistle`);
  return [...new Set(lists.flatMap(({ rows }) => rows.map(({ unit }) => unit)))].sort((a, b) => a.localeCompare(b, "zh"));
}

async function read() {
  ({ accounts: known } = await get("/api/v1/accounts"));
  show();
}

function show() {
  const words = filter.value.trim().toLowerCase();
  const found = known.filter((each) => texts(each).some((text) => text.toLowerCase().includes(words)));
  table.show(found);
  const off = known.filter(({ disabled }) => disabled).length;
  table.note(t("manage.accounts.note", { count: known.length, off }));
}

const texts = ({ name, role, region, department }) =>
  [name, t(`people.role.${role}`), choiceText("regions", region), department];

function cells(account) {
  const state = account.disabled
    ? cell(`${RISK} ${t("manage.accounts.off")}`, "is-risk")
    : cell(`${GOOD} ${t("manage.accounts.on")}`, "is-good");
  return [
    cell(account.name, "name"),
    t(`people.role.${account.role}`),
    choiceText("regions", account.region),
    account.department || t("none"),
    state,
    cell(moment(account.last_seen), "quiet"),
    [
      { name: "change", text: t("manage.do.change"), run: change },
      { name: "reset", text: t("manage.do.reset"), run: reset },
      { name: "end", text: t("manage.do.end_sessions"), run: endSessions },
      account.disabled
        ? { name: "enable", text: t("manage.do.enable"), run: enable }
        : { name: "disable", text: t("manage.do.disable"), run: disable },
    ],
  ];
}

/** The fields that making and changing have in common. */
const fields = ({ role = "operator", region = "", department = "" }, external) => [
  { name: "role", label: t("manage.accounts.role"), kind: "select", choices: "roles", value: role },
  { name: "region", label: t("manage.accounts.region"), kind: "select", choices: "regions", value: region },
  { name: "department", label: t("manage.accounts.department"), required: false, value: department, most: 64, suggested: departments, help: t("manage.accounts.department.help") },
  { name: "external", label: t("manage.accounts.external"), required: false, help: external },
];

async function create() {
  const name = { name: "name", label: t("manage.accounts.name"), most: 64, help: t("manage.accounts.name.help") };
  const made = await form({
    title: t("manage.do.account"), fields: [name, ...fields({}, t("manage.accounts.external.help"))], yes: t("manage.create"),
    send: (values) => send("POST", "/api/v1/accounts", values),
  });
  if (!made) return;
  await read();
  await reveal(t("manage.accounts.created"), t("manage.accounts.password"), made.password);
}

async function change(account) {
  const done = await form({
    title: t("manage.accounts.change", { name: account.name }), fields: fields(account, t("manage.accounts.external.same")),
    yes: t("manage.save"), note: t("manage.accounts.change.note"),
    // Whom the sign-in service knows it as is not told; what is not written stays.
    send: ({ external, ...values }) => patch(account, external ? { ...values, external } : values),
  });
  if (done) await finished(t("manage.saved"));
}

async function reset(account) {
  if (!(await confirm(t("manage.do.reset"), t("manage.accounts.reset.sure", { name: account.name }), t("manage.do.reset")))) return;
  const answer = await tried(() => patch(account, { reset: true }));
  if (answer) await reveal(t("manage.do.reset"), t("manage.accounts.password"), answer.password);
}

async function endSessions(account) {
  if (!(await confirm(t("manage.do.end_sessions"), t("manage.accounts.end.sure", { name: account.name }), t("manage.do.end_sessions")))) return;
  if (await tried(() => patch(account, { sign_out: true }))) tell(t("manage.accounts.ended", { name: account.name }));
}

async function disable(account) {
  if (!(await confirm(t("manage.do.disable"), t("manage.accounts.disable.sure", { name: account.name }), t("manage.do.disable")))) return;
  if (await tried(() => patch(account, { disabled: true }))) await finished(t("manage.saved"));
}

async function enable(account) {
  if (await tried(() => patch(account, { disabled: false }))) await finished(t("manage.saved"));
}

const patch = ({ id }, values) => send("PATCH", `/api/v1/accounts/${id}`, values);

async function finished(text) {
  await read();
  tell(text);
}

/** What was answered; a fault is said on the page, and answered as null. */
async function tried(work) {
  try {
    return (await work()) ?? {};
  } catch (error) {
    tell(error.message, true);
    return null;
  }
}
