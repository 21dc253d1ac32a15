// Paired screens, and the playlists that they may show.

import { t } from "../core/page.js";
import { GOOD, LATE, RISK } from "../core/dom.js";
import { get, send } from "../core/ask.js";
import { confirm, form } from "./dialog.js";
import { choiceText } from "./fields.js";
import { tell } from "./said.js";
import { Table, cell, moment } from "./table.js";

const EVERY_MS = 5000;

let screens = null;
let lists = null;
let known = { devices: [], playlists: [] };

export async function start(place) {
  screens = new Table(place.querySelector('[data-list="devices"]'), screenCells);
  lists = new Table(place.querySelector('[data-list="playlists"]'), listCells);
  place.querySelector('[data-do="pair"]').addEventListener("click", pair);
  place.querySelector('[data-do="playlist"]').addEventListener("click", () => edit(null));
  setInterval(() => read().catch(() => {}), EVERY_MS); // so that a screen is seen to come and go
  await read();
}

async function read() {
  known = await get("/api/v1/devices");
  screens.show(known.devices);
  // A playlist's row tells how many screens show it, so they belong to what it is made from.
  lists.show(known.playlists.map((each) => ({ ...each, shown: showing(each).length })));
  screens.note(t("manage.devices.note", { count: known.devices.length }));
  lists.note(t("manage.playlists.note", { count: known.playlists.length }));
}

const showing = ({ id }) => known.devices.filter(({ playlist }) => playlist === id);
const regionName = (code) => choiceText("regions", code);

function shows({ view, playlist }) {
  if (view) return regionName(view.split("/")[0]);
  const list = known.playlists.find(({ id }) => id === playlist);
  return t("manage.devices.playlist", { name: list?.name ?? playlist });
}

function screenCells(device) {
  return [
    cell(device.name, "name"), shows(device), stateOf(device), cell(device.connected ? t("manage.devices.now") : moment(device.seen), "quiet"),
    cell(device.address || t("none"), "quiet"),
    [
      { name: "change", text: t("manage.do.change"), run: change },
      { name: "revoke", text: t("manage.do.revoke"), run: revoke },
    ],
  ];
}

/** How a screen is: connected with a live picture, with an old one, or not at all. */
function stateOf({ connected, live }) {
  if (!connected) return cell(`${LATE} ${t("manage.devices.away")}`, "is-late");
  if (live && live !== "live") return cell(`${RISK} ${t("manage.devices.stale")}`, "is-risk");
  return cell(`${GOOD} ${t("manage.devices.connected")}`, "is-good");
}

function listCells(list) {
  const pages = list.pages.map(({ region, seconds, begin, end }) =>
    t(begin ? "manage.playlists.page.hours" : "manage.playlists.page", { region: regionName(region), seconds, begin, end }));
  return [
    cell(list.name, "name"), pages.join(t("manage.then")), String(list.shown),
    [
      { name: "edit", text: t("manage.do.change"), run: edit },
      { name: "remove", text: t("manage.do.remove"), run: remove },
    ],
  ];
}

/** What a screen shows: a playlist, or else one wall. */
function fields({ name = "", view = "", playlist = "" } = {}) {
  const title = { name: "name", label: t("manage.devices.name"), value: name, most: 64 };
  const wall = { name: "region", label: t("manage.devices.wall"), kind: "select", choices: "regions", value: view.split("/")[0] };
  const list = { name: "playlist", label: t("manage.devices.list"), kind: "select", options: known.playlists.map(({ id, name: text }) => [id, text]), none: t("manage.devices.one"), value: playlist };
  return [title, list, wall];
}

const wanted = ({ region, playlist, ...rest }) =>
  ({ ...rest, playlist, view: playlist ? "" : `${region}/wall` });

async function pair() {
  const code = { name: "code", label: t("manage.devices.code"), most: 8, help: t("manage.devices.code.help") };
  const made = await form({
    title: t("manage.do.pair"), fields: [code, ...fields()], yes: t("manage.pair"),
    send: (values) => send("POST", "/api/v1/devices", { ...wanted(values), code: values.code.toUpperCase().replaceAll(/[\s-]/g, "") }),
  });
  if (made) await finished(t("manage.devices.paired"));
}

async function change(device) {
  const done = await form({
    title: t("manage.devices.change", { name: device.name }), fields: fields(device), yes: t("manage.save"),
    send: (values) => send("PATCH", `/api/v1/devices/${device.id}`, wanted(values)),
  });
  if (done) await finished(t("manage.saved"));
}

async function revoke(device) {
  if (!(await confirm(t("manage.do.revoke"), t("manage.devices.revoke.sure", { name: device.name }), t("manage.do.revoke")))) return;
  await tried(() => send("PATCH", `/api/v1/devices/${device.id}`, { revoke: true }));
}

async function edit(list) {
  const { id = "", version = 0, name = "", pages = [] } = list ?? {};
  const done = await form({
    title: t(list ? "manage.playlists.change" : "manage.do.playlist", { name }), yes: t("manage.save"),
    fields: [
      { name: "name", label: t("manage.playlists.name"), value: name, most: 64 },
      { name: "pages", label: t("manage.playlists.pages"), kind: "pages", value: pages, help: t("manage.playlists.help") },
    ],
    send: (values) => (id ? send("PUT", `/api/v1/playlists/${id}`, { ...values, version }) : send("POST", "/api/v1/playlists", values)),
  });
  if (done) await finished(t("manage.saved"));
}

async function remove({ id, name, version }) {
  if (!(await confirm(t("manage.do.remove"), t("manage.playlists.remove.sure", { name }), t("manage.do.remove")))) return;
  await tried(() => send("DELETE", `/api/v1/playlists/${id}?version=${version}`));
}

async function finished(text) {
  await read();
  tell(text);
}

async function tried(work) {
  try {
    await work();
    await finished(t("manage.saved"));
  } catch (error) {
    tell(error.message, true);
  }
}
