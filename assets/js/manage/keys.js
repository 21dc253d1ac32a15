// Keys of sources: who may send which events, and for which regions.

import { page, t } from "../core/page.js";
import { get, send } from "../core/ask.js";
import { confirm, form, reveal } from "./dialog.js";
import { choiceText, chosenWords } from "./fields.js";
import { tell } from "./said.js";
import { Table, cell, moment } from "./table.js";

let table = null;

export async function start(place) {
  table = new Table(place.querySelector('[data-list="keys"]'), cells);
  place.querySelector('[data-do="key"]').addEventListener("click", create);
  await read();
}

async function read() {
  const { keys } = await get("/api/v1/keys");
  table.show(keys);
  table.note(t(keys.length ? "manage.keys.note" : "manage.keys.note.open", { count: keys.length }));
}

function cells(key) {
  const regions = key.regions.map((code) => choiceText("regions", code));
  return [
    cell(key.name, "name"), cell(key.source, "quiet"), typesOf(key.types),
    regions.join(t("manage.comma")) || t("manage.keys.all"), key.rate ? String(key.rate) : t("none"),
    cell(moment(key.seen), "quiet"), cell(moment(key.ends), key.ends ? "is-risk" : "quiet"),
    key.ends ? [] : [
      { name: "rotate", text: t("manage.do.rotate"), run: rotate },
      { name: "revoke", text: t("manage.do.revoke"), run: revoke },
    ],
  ];
}

/** Types in words; their codes where the pointer rests. */
const typesOf = (types) => (types.length ? cell(chosenWords("types", types), "", types.join(" ")) : t("manage.keys.all"));

async function create() {
  const made = await form({
    title: t("manage.do.key"), yes: t("manage.create"),
    fields: [
      { name: "name", label: t("manage.keys.name"), most: 64 },
      { name: "source", label: t("manage.keys.source"), help: t("manage.keys.source.help") },
      { name: "rate", label: t("manage.keys.rate"), kind: "number", help: t("manage.keys.rate.help") },
      { name: "regions", label: t("manage.keys.regions"), kind: "checks", choices: "regions", value: [page.account.region], help: t("manage.keys.regions.help") },
      { name: "types", label: t("manage.keys.types"), kind: "checks", choices: "types", coded: true, help: t("manage.keys.types.help") },
    ],
    send: (values) => send("POST", "/api/v1/keys", values),
  });
  if (made) await shown(made.key);
}

async function rotate(key) {
  if (!(await confirm(t("manage.do.rotate"), t("manage.keys.rotate.sure", { name: key.name }), t("manage.do.rotate")))) return;
  await tried(async () => shown((await send("PATCH", `/api/v1/keys/${key.id}`, { rotate: true })).key));
}

async function revoke(key) {
  if (!(await confirm(t("manage.do.revoke"), t("manage.keys.revoke.sure", { name: key.name }), t("manage.do.revoke")))) return;
  await tried(() => send("PATCH", `/api/v1/keys/${key.id}`, { revoke: true }));
  await read();
}

async function shown(secret) {
  await reveal(t("manage.keys.created"), t("manage.keys.secret"), secret);
  await read();
}

async function tried(work) {
  try {
    await work();
    tell(t("manage.saved"));
  } catch (error) {
    tell(error.message, true);
  }
}
