// Processes, screens, sources, dead letters: a row for each.

import { t } from "../core/page.js";
import { GOOD, LATE, RISK, Rows, make, mark, write } from "../core/dom.js";
import { age, moment, number } from "./status_words.js";

const STATES = {
  active: [GOOD, "is-good"], standby: ["○", "quiet"], waiting: [RISK, "is-risk"],
  live: [GOOD, "is-good"], stale: [RISK, "is-risk"], offline: [LATE, "is-late"], unheard: ["○", "quiet"],
  on_time: [GOOD, "is-good"], late: [LATE, "is-late"],
};
// The figures of a role that say most, in order.
const FIGURES = {
  intake: ["received", "accepted", "rejected", "gaps"],
  projector: ["seq", "lag_ms", "frames"],
  archive: ["seq", "lag_entries", "commit_ms"],
  query: ["answered", "replays", "busy_ms"],
  desk: ["answered", "refused", "busy_ms"],
  office: ["answered", "refused", "busy_ms"],
  serve: ["sockets", "relayed", "skipped"],
};
// A process that has said nothing for so long is not well.
const QUIET_SECONDS = 5;

const LISTS = {
  processes: { items: (status) => status.processes, paint: paintProcess, cells: ["", "quiet", "", "quiet", "n", ""] },
  screens: { items: screensOf, paint: paintScreen, cells: ["", "quiet", "quiet", "", "n", "n quiet", "n", "n quiet"] },
  sources: { items: (status) => status.sources, paint: paintSource, cells: ["", "n", "", "n", "quiet"] },
  letters: { items: (status) => status.dead_letters, paint: paintLetter, cells: ["", "n", "n quiet"] },
};
const NOTES = { processes: noteProcesses, screens: noteScreens, sources: noteSources, letters: noteLetters };

export function paintLists(place, status) {
  for (const [name, { items, paint, cells }] of Object.entries(LISTS)) {
    const section = place.querySelector(`[data-list="${name}"]`);
    section.list ??= new Rows(section.querySelector(".rows"), () => build(cells));
    section.list.show(items(status), (row, item) => paint(row.cells, item, row));
    write(section.querySelector(".note"), NOTES[name](status));
  }
}

function build(classes) {
  const row = make("div", "row");
  row.cells = classes.map((className) => make("span", className));
  row.append(...row.cells);
  return row;
}

function say(cell, state) {
  const [sign, className] = STATES[state] ?? ["", ""];
  cell.className = className;
  mark(cell, "data-value", state);
  write(cell, `${sign} ${t(`status.state.${state}`)}`);
}

function warn(cell, bad) {
  cell.classList.toggle("is-late", bad);
}

/** A text that the table of texts may not have: then the name itself. */
function named(key, name) {
  const text = t(key);
  return text === key ? name : text;
}

function paintProcess([role, instance, state, since, heard, figures], item, row) {
  mark(row, "data-role", item.role);
  mark(row, "data-instance", item.instance);
  write(role, named(`status.role.${item.role}`, item.role));
  write(instance, item.instance);
  say(state, item.state);
  write(since, moment(item.since));
  write(heard, age(item.age_seconds * 1000));
  warn(heard, item.age_seconds > QUIET_SECONDS);
  const told = (FIGURES[item.role] ?? []).filter((name) => name in item.figures);
  write(figures, told.map((name) => t(`status.figure.${name}`, { value: number(item.figures[name]) })).join(" · "));
}

/** The screens, the paired ones by their names, and before them those of the paired that are not there. */
function screensOf({ screens, paired }) {
  const known = new Map(paired.devices.map((device) => [device.id, device]));
  const here = new Set(screens.list.map(({ device }) => device));
  const named = screens.list.map((item) => {
    const device = known.get(item.device);
    return device ? { ...item, name: `${device.name} · ${item.name}` } : item;
  });
  const away = paired.devices.filter(({ id }) => !here.has(id)).map((device) => ({
    view: device.view, name: `${device.name} · ${shows(device, paired.playlists)}`, server: device.address || t("none"),
    since: device.seen ?? device.since, live: "offline", picture_seconds: null, reported_seconds: null, sent: 0, skipped: 0,
  }));
  return [...away, ...named];
}

function shows({ view, playlist }, playlists) {
  return playlists.find(({ id }) => id === playlist)?.name ?? view.split("/")[0];
}

function paintScreen([view, server, since, live, picture, reported, skipped, size], item, row) {
  mark(row, "data-view", item.view);
  write(view, item.name);
  write(server, item.server);
  write(since, moment(item.since));
  say(live, item.live);
  write(picture, age(item.picture_seconds === null ? null : item.picture_seconds * 1000));
  write(reported, item.reported_seconds === null ? t("none") : t("status.ago", { age: age(item.reported_seconds * 1000) }));
  const offered = item.sent + item.skipped;
  const share = offered ? ((item.skipped / offered) * 100).toFixed(1) : "0.0";
  write(skipped, item.skipped ? `${number(item.skipped)} (${t("percent", { value: share })})` : "0");
  write(size, item.width ? `${item.width}×${item.height}` : t("none"));
}

function paintSource([source, silent, state, missed, feeds], item, row) {
  mark(row, "data-source", item.source);
  write(source, named(`source.${item.source.split("/").pop()}`, item.source));
  write(silent, t("status.ago", { age: age(item.silent_seconds * 1000) }));
  say(state, item.late ? "late" : "on_time");
  write(missed, number(item.missed));
  warn(missed, item.missed > 0);
  write(feeds, item.feeds.map((part) => named(`status.part.${part}`, part)).join(t("status.and")));
}

function paintLetter([code, count, last], item, row) {
  mark(row, "data-code", item.code);
  write(code, item.code);
  write(count, number(item.count));
  write(last, moment(item.last));
}

function noteProcesses({ processes, build }) {
  return t("status.processes.note", { count: processes.length, build });
}

function noteScreens({ screens }) {
  const of = (state) => number(screens.live[state] ?? 0);
  const facts = { live: of("live"), stale: of("stale"), offline: of("offline"), unheard: of("unheard") };
  return t("status.screens.note", { total: number(screens.total), servers: screens.servers, ...facts });
}

function noteSources({ sources }) {
  return t("status.sources.note", { late: sources.filter(({ late }) => late).length });
}

function noteLetters({ dead_letters: letters }) {
  return t("status.letters.note", { count: number(letters.reduce((sum, { count }) => sum + count, 0)) });
}
