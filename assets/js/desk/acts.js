// What a person does on a desk: commands, one or many, and what becomes of them.

import { t } from "../core/page.js";
import { make, write } from "../core/dom.js";
import * as commands from "./commands.js";
import * as drafts from "./drafts.js";
import { notice, tell } from "./told.js";
import { commandName } from "./words.js";

// Refusals after which the same is of no use again.
const FINAL = /^(access\..*|subject\.unknown|command\.(state|reused|unknown|not_bulk))$/;

const TOLD = 3; // sentences at most that a dialog begins with

export class Acts {
  constructor(desk) {
    this.desk = desk;
    this.begun = {}; // by command: the rows in sight of which something new was begun
    commands.start((told) => this.came(told), (ended) => this.over(ended));
  }

  /** Begins a command about these rows; of many it is given for those that it means something for. `why`:
   * sentences on why it is asked for again. */
  async give(name, rows, why = []) {
    const form = this.desk.about.commands[name];
    const meant = form.opens ? rows : rows.filter((row) => fits(form, row));
    if (!form.opens && !meant.length) return tell(t("desk.not_now", { what: commandName(name) }));
    const free = meant.filter((row) => !commands.isUnderWay(row.subject) || form.opens);
    if (!form.opens && !free.length) return tell(t("desk.under_way"));
    if (form.opens) this.begun[name] = rows.slice(0, 1);
    const asked = await this.desk.dialog.ask(name, form.opens ? this.begun[name] : free, why);
    if (!asked) return undefined;
    const given = commands.give(asked);
    this.desk.live.soon();
    return given;
  }

  /** What became of a command. */
  came({ body, state, told, subject }) {
    const about = body.command === "remark" || this.desk.about.commands[body.command].opens ? "" : body.subject;
    const what = nameOf(body);
    if (about) {
      if (state === "done") this.desk.table.changes.settle(about);
      else this.desk.table.changes.mark(about, state, told ?? "");
    }
    if (state === "done") {
      drafts.drop(body.command, body.subject);
      if (body.command === "remark") this.desk.detail.remarked(body);
      tell(t("desk.done", { what: about ? what : `${commandName(body.command)} ${subject?.split("/")[1] ?? ""}` }));
    } else this.desk.detail.lock();
    const { all, unsure } = commands.waiting();
    this.desk.parts.waiting.classList.toggle("is-risk", unsure > 0);
    write(this.desk.parts.waiting, unsure ? t("desk.waiting_unsure", { count: unsure }) : all ? t("desk.waiting", { count: all }) : "");
    if (state !== "sending") this.desk.live.soon();
  }

  /** Commands that one answer refused, or that were not sent: all are told of in one notice. That of a
   * session's end says it for those that were not sent. */
  over(ended) {
    const lines = ended.map(({ body, told }) => t("desk.refused", { what: nameOf(body), why: told }));
    const title = lines.length > 1 ? t("desk.refused_many", { count: lines.length }) : lines[0];
    tell([...new Set([title, ...lines])].join(" "));
    if (ended[0].state !== "refused") return;
    notice("refused", title, [], lines.length > 1 ? lines : []);
    const { command } = ended[0].body;
    const { fields, reason } = this.desk.about.commands[command];
    // What an earlier page left may be of several kinds.
    const left = ended.filter(({ body, error }) => body.command === command && !FINAL.test(error.code));
    if (command !== "remark" && (fields.length || reason) && left.length) this.again(command, left);
  }

  /** Asks again for what was typed and refused, about the rows as they are now. */
  async again(name, ended) {
    await Promise.allSettled([this.desk.compare(), this.desk.lookAtSubject()]);
    const form = this.desk.about.commands[name];
    const rows = form.opens ? this.begun[name] : ended.map((each) => this.rowNow(each)).filter((row) => row && fits(form, row));
    if (!rows || (!form.opens && !rows.length)) return undefined;
    return this.give(name, rows, [...new Set(ended.map(({ told }) => told))].slice(0, TOLD));
  }

  /** A row as it is now; whoever was first has been told of, and is no reason to refuse any more. */
  rowNow({ body: { subject }, error }) {
    const { detail, table } = this.desk;
    const row = detail.subject === subject ? detail.row : table.row(subject);
    return row && { ...row, version: Math.max(row.version, error.n ?? 0) };
  }

  /** What may be done with the chosen rows at once. */
  choseRows(rows) {
    this.desk.parts.chosen.hidden = !rows.length;
    if (!rows.length) return;
    const buttons = Object.entries(this.desk.about.commands)
      .filter(([, form]) => form.bulk)
      .map(([name, form]) => [name, rows.filter((row) => fits(form, row)).length])
      .filter(([, many]) => many > 0)
      .map(([name, many]) => {
        const button = make("button", "act", many < rows.length ? t("desk.act_some", { what: commandName(name), count: many }) : commandName(name));
        button.type = "button";
        button.dataset.command = name;
        button.addEventListener("click", () => this.give(name, this.desk.table.chosen()));
        return button;
      });
    const none = plain("choose_none", () => this.desk.table.api.deselectAll());
    const all = plain("choose_all", () => this.desk.table.chooseAll());
    const nothing = buttons.length ? [] : [make("span", "quiet", t("desk.act_none"))];
    this.desk.parts.chosen.replaceChildren(make("b", "", t("desk.chosen", { count: rows.length })), ...buttons, ...nothing, make("span", "spring"), all, none);
  }
}

const nameOf = ({ command, subject }) => `${commandName(command)} ${subject.split("/")[1]}`.trim();

function plain(name, does) {
  const button = make("button", "plain", t(`desk.${name}`));
  button.type = "button";
  button.addEventListener("click", does);
  return button;
}

/** Whether a command means something for a row as it stands, and may be given at all. */
export function fits(form, row) {
  if (!form.may || form.subject !== row.subject.split("/")[0] || !form.states.includes(row.standing)) return false;
  return (!form.limit || row.due !== null) && (!form.top || row.reached < form.top);
}
