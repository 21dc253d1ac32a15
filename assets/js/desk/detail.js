// One subject: how it stands, what may be done, its legs and events, its place, what belongs to it,
// and what colleagues noted. Everything is text: nothing here is read as HTML.

import { get } from "../core/ask.js";
import { t } from "../core/page.js";
import { make, mark } from "../core/dom.js";
import { isUnderWay } from "./commands.js";
import * as drafts from "./drafts.js";
import { outcomesOf } from "./outcome.js";
import { drawPlace } from "./place.js";
import { drawRemarks } from "./remarks.js";
import { section } from "./section.js";
import { tick, ticking } from "./ticking.js";
import { drawEvents, drawLegs } from "./timeline.js";
import { say, stateClass, subjectName } from "./words.js";

// What is said of a subject, by its kind: field and form of words.js.
const FACTS = {
  case: [
    ["category", "category"], ["grade", "grade"], ["region", "region"], ["due", "deadline"], ["reported", "instant"],
    ["channel", "channel"], ["unit", "text"], ["supervised", "case_step"],
  ],
  whistle: [
    ["kind", "whistle"], ["category", "category"], ["region", "region"], ["due", "deadline"], ["department", "text"],
    ["blown", "instant"], ["escalated", "whistle_step"],
  ],
  person: [
    ["group", "group"], ["category", "person"], ["region", "region"], ["due", "deadline"], ["level", "person_level"],
    ["enrolled", "instant"], ["visited", "instant"],
  ],
  alert: [
    ["kind", "alert"], ["severity", "severity"], ["region", "region"], ["raised", "instant"], ["active", "active"],
    ["acknowledged", "acknowledged"], ["shelved_until", "instant"],
  ],
};
const WIDE = ["region", "deadline"]; // forms whose texts want the whole line
const STATE = { case: ["stage", "stage"], whistle: ["leg", "leg"], person: ["due", "due"], alert: ["severity", "severity"] };

export class Detail {
  /** `refusals`: why an event may not have been taken, by code. `does(command, row)` begins a command; `opens(row)` shows another subject; `closed()`. */
  constructor(element, refusals, { does, opens, closed, remark }) {
    this.element = element;
    this.refusals = refusals;
    this.does = does;
    this.opens = opens;
    this.remark = remark;
    this.kind = "";
    this.key = "";
    this.answer = null;
    this.drawn = "";
    this.parts = {
      name: element.querySelector(".subject-name"),
      state: element.querySelector(".subject-state"),
      actions: element.querySelector(".subject-actions"),
      body: element.querySelector(".subject-body"),
    };
    element.querySelector('[data-do="close"]').addEventListener("click", closed);
  }

  get subject() {
    return this.kind ? `${this.kind}/${this.key}` : "";
  }

  /** Shows a subject; throws what the server says of one that cannot be shown. */
  async show(kind, key) {
    if (this.kind !== kind || this.key !== key) {
      [this.kind, this.key, this.answer, this.drawn] = [kind, key, null, ""];
      this.parts.name.textContent = subjectName(kind, key);
      for (const part of [this.parts.actions, this.parts.body]) part.replaceChildren();
      ticking(this.parts.state, () => "");
    }
    this.element.hidden = false;
    await this.look();
  }

  close() {
    [this.kind, this.key, this.answer] = ["", "", null];
    this.element.hidden = true;
  }

  /** Asks for the subject again and paints what has changed. */
  async look() {
    const { kind, key } = this;
    if (!kind) return;
    const answer = await get(`/api/v1/desk/subjects/${kind}/${encodeURIComponent(key)}`);
    if (kind !== this.kind || key !== this.key) return;
    this.answer = answer;
    const { n, at, ...rest } = answer;
    const text = JSON.stringify(rest);
    if (text !== this.drawn) {
      this.drawn = text;
      this.paint(answer);
    }
    this.lock();
  }

  /** No second command before the first has come back. */
  lock() {
    const busy = isUnderWay(this.subject);
    for (const button of this.parts.actions.children) button.disabled = busy;
    const remark = this.parts.body.querySelector(".remark-form button");
    if (remark) remark.disabled = isUnderWay(this.subject, "remark");
  }

  /** A remark has come back: what was typed for it need not be kept any more. */
  remarked({ subject, data }) {
    const field = this.parts.body.querySelector(".remark-form textarea");
    if (field && subject === this.subject && field.value.trim() === data.text) field.value = "";
    this.lock();
  }

  get row() {
    return this.answer?.row ?? null;
  }

  /** Its times as they are now. */
  tick() {
    tick(this.element);
  }

  paint({ row, events, legs, related, remarks, commands }) {
    const [field, form] = STATE[this.kind];
    const { name, state, actions, body } = this.parts;
    name.textContent = subjectName(this.kind, this.key);
    ticking(state, () => say(form, row[field], row));
    state.className = `subject-state ${this.kind === "alert" ? "" : stateClass(row.state)}`;
    actions.replaceChildren(...this.buttons(commands, row));
    const typed = body.querySelector("textarea");
    const kept = typed ? [typed.value, document.activeElement === typed] : [drafts.of("remark", this.subject)?.[0] ?? "", false];
    const top = body.scrollTop;
    body.replaceChildren(
      this.facts(row, legs), drawLegs(legs, this.answer.at), drawPlace(row), drawEvents(events, this.refusals),
      this.related(related), drawRemarks(remarks, commands.includes("remark") && this.noting(), kept),
    );
    body.scrollTop = top;
  }

  /** What the field for a remark does with what is typed there. */
  noting() {
    const { subject } = this;
    return { typed: (text) => drafts.keep("remark", subject, [text]), done: (text) => this.remark(text, this.row) };
  }

  buttons(commands, row) {
    return commands.filter((name) => name !== "remark").map((name) => {
      const button = make("button", "act", t(`command.${name}`));
      button.type = "button";
      mark(button, "data-command", name);
      button.addEventListener("click", () => this.does(name, row));
      return button;
    });
  }

  facts(row, legs) {
    const list = make("dl", "facts-of");
    for (const [field, form] of FACTS[this.kind]) {
      if (!say(form, row[field], row)) continue;
      const value = ticking(make("dd", form === "deadline" ? stateClass(row.state) : ""), () => say(form, row[field], row));
      const name = make("dt", "", t(`desk.column.${field}`));
      if (WIDE.includes(form)) for (const part of [name, value]) part.classList.add("wide");
      list.append(name, value);
    }
    for (const { field, text, late } of outcomesOf(this.kind, row, legs)) {
      list.append(make("dt", "wide", t(`desk.column.${field}`)), make("dd", late ? "wide is-late" : "wide", text));
    }
    return list;
  }

  related(rows) {
    const part = section("related");
    for (const row of rows) {
      const kind = row.subject.split("/")[0];
      const [field, form] = STATE[kind];
      const button = make("button", "related");
      button.type = "button";
      button.append(
        make("span", "name", subjectName(kind, row.key)),
        ticking(make("span", stateClass(row.state)), () => say(form, row[field], row)),
      );
      button.addEventListener("click", () => this.opens(row));
      part.append(button);
    }
    part.hidden = !rows.length;
    return part;
  }
}
