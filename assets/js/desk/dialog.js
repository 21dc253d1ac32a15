// The dialog of a command: what it is about, the fields that it needs, and why.

import { get } from "../core/ask.js";
import { t } from "../core/page.js";
import { LATE, make } from "../core/dom.js";
import { holds } from "../core/validity.js";
import * as drafts from "./drafts.js";
import { dutyLists } from "./duty_fields.js";
import { fieldOf, reasonField } from "./fields.js";
import { failed } from "./told.js";
import { commandName, subjectName } from "./words.js";

const DUTIES = ["unit", "whistle", "department"]; // fields that need the duty lists
const SHOWN = 6;

export class Dialog {
  /** `forms` are the commands' forms, `region` the desk's own. */
  constructor(element, forms, region) {
    this.element = element;
    this.forms = forms;
    this.region = region;
    this.opened = 0;
  }

  get open() {
    return this.element.open;
  }

  /** Asks for what a command needs about these rows (none: something new); answers the commands to
   * give, or null when somebody thought better of it. `why`: sentences on why it is asked again. What
   * was typed for it before stands there. */
  async ask(name, rows, why = []) {
    const form = this.forms[name];
    // Levels are offered that are above those of all rows.
    const row = form.top ? rows.reduce((high, each) => (each.reached > high.reached ? each : high)) : (rows[0] ?? null);
    const asks = form.fields.length > 0 || form.reason;
    if (!asks && rows.length === 1) return bodies(name, rows, {}, "", "");
    const opened = (this.opened += 1);
    const facts = { rows, row, form, region: this.region };
    try {
      if (form.fields.some(([, how]) => DUTIES.includes(how))) facts.duties = await dutyLists(row?.region ?? this.region);
      if (form.fields.some(([, how]) => how === "worker")) facts.grids = (await get(`/api/v1/grids/${this.region}`)).grids;
    } catch (error) {
      failed(error);
      return null;
    }
    if (opened !== this.opened || this.element.open) return null;
    const fields = form.fields.map(([field, how]) => fieldOf(field, how, facts));
    if (form.reason) fields.push(reasonField("reason"));
    const subjects = form.opens ? [`${form.subject}/`] : rows.map((each) => each.subject);
    const about = form.opens ? (row?.subject ?? "") : undefined;
    const values = await this.filled(name, rows, fields, why, drafts.of(name, subjects[0], about));
    for (const subject of subjects) {
      if (values) drafts.keep(name, subject, values, about);
      else drafts.drop(name, subject);
    }
    return values && this.read(name, rows, fields);
  }

  /** Shows the fields, with these values in them; answers what stood there when they were sent, or null. */
  filled(name, rows, fields, why, before) {
    const form = make("form");
    Object.assign(form, { method: "dialog", noValidate: true });
    const heading = make("h2", "", commandName(name));
    heading.id = "desk-dialog-name";
    this.element.setAttribute("aria-labelledby", heading.id);
    const buttons = make("div", "buttons");
    const no = make("button", "", t("desk.cancel"));
    no.type = "button";
    const yes = make("button", "act main", rows.length > 1 ? t("desk.give_many", { count: rows.length }) : commandName(name));
    buttons.append(no, yes);
    // A worker is no row of a list: the one that is open only says in which grid to begin.
    if (this.forms[name].subject !== "worker") form.append(aboutOf(rows));
    form.prepend(heading, ...why.map((each) => make("p", "why", `${LATE} ${each}`)));
    form.append(...fields.map((field) => field.element).filter(Boolean), buttons);
    this.element.replaceChildren(form);
    if (before) fill(form, before);
    return new Promise((answer) => {
      let sent = false;
      no.addEventListener("click", () => this.element.close());
      form.addEventListener("submit", (event) => {
        sent = holds(form);
        if (!sent) event.preventDefault();
      });
      // Enter is a new line in a reason, and opens a select.
      form.addEventListener("keydown", (event) => {
        if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) form.requestSubmit();
      });
      // The word of an earlier closing comes late, when a quick hand has opened it again.
      const over = () => {
        if (this.element.open) return;
        this.element.removeEventListener("close", over);
        answer(sent ? controlsOf(form).map((each) => each.value) : null);
      };
      this.element.addEventListener("close", over);
      this.element.showModal();
      (form.querySelector("input, select, textarea") ?? yes).focus();
    });
  }

  read(name, rows, fields) {
    let data = {};
    let reason = "";
    let region = "";
    for (const field of fields) {
      const value = field.value();
      if (field.name === "reason") reason = value ?? "";
      else if (value !== null) data[field.name] = value;
      if (field.more) data = { ...data, ...field.more() };
      if (field.region) region = field.region();
    }
    return bodies(name, rows, data, reason, region || (this.forms[name].opens ? (rows[0]?.region ?? this.region) : ""), this.forms[name]);
  }
}

const controlsOf = (form) => [...form.querySelectorAll("input, select, textarea")];

/** Puts values into the controls in their order; each is told, for one may fill the next. */
function fill(form, values) {
  for (const [i, control] of controlsOf(form).entries()) {
    if (values[i] === undefined) return;
    control.value = values[i];
    for (const told of ["input", "change"]) control.dispatchEvent(new Event(told));
  }
}

function aboutOf(rows) {
  const list = make("ul", "about");
  for (const row of rows.slice(0, SHOWN)) {
    const kind = row.subject.split("/")[0];
    list.append(make("li", "", `${subjectName(kind, row.key)} · ${row.place}`));
  }
  if (rows.length > SHOWN) list.append(make("li", "quiet", t("desk.and_more", { count: rows.length - SHOWN })));
  return list;
}

/** What was seen of a row beside its version: a shelving is no event. */
const seenOf = (name, row) => (name === "alert.shelved" ? { after: row.shelvings } : {});

function bodies(name, rows, data, reason, region, form) {
  if (form?.opens) return [{ command: name, subject: `${form.subject}/`, expected: 0, reason, region, data }];
  return rows.map((row) => ({ command: name, subject: row.subject, expected: row.version, reason, data: { ...data, ...seenOf(name, row) } }));
}
