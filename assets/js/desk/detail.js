// One subject: how it stands, what may be done, its legs and events, its place, what belongs to it,
// and what colleagues noted. Everything is text: nothing here is read as HTML.

import { get } from "../core/ask.js";
import { has, t } from "../core/page.js";
import { make, mark } from "../core/dom.js";
import { isUnderWay } from "./commands.js";
import { factsOf, sourceName } from "./events.js";
import { instant, say, stateClass, stretch, subjectName, SYMBOLS } from "./words.js";
import { drawPlace } from "./place.js";

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
  /** `does(command, row)` begins a command; `opens(row)` shows another subject; `closed()`. */
  constructor(element, { does, opens, closed, remark }) {
    this.element = element;
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
      this.parts.state.textContent = "";
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
  }

  get row() {
    return this.answer?.row ?? null;
  }

  paint({ row, events, legs, related, remarks, commands }) {
    const [field, form] = STATE[this.kind];
    const { name, state, actions, body } = this.parts;
    name.textContent = subjectName(this.kind, this.key);
    state.textContent = say(form, row[field], row);
    state.className = `subject-state ${this.kind === "alert" ? "" : stateClass(row.state)}`;
    actions.replaceChildren(...this.buttons(commands, row));
    const typed = body.querySelector("textarea");
    const kept = typed ? [typed.value, document.activeElement === typed] : ["", false];
    const top = body.scrollTop;
    body.replaceChildren(
      this.facts(row), this.legs(legs), drawPlace(row), this.events(events), this.related(related),
      this.remarks(remarks, commands.includes("remark"), kept),
    );
    body.scrollTop = top;
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

  facts(row) {
    const list = make("dl", "facts-of");
    for (const [field, form] of FACTS[this.kind]) {
      const text = say(form, row[field], row);
      if (!text) continue;
      const value = make("dd", form === "deadline" ? stateClass(row.state) : "", text);
      const name = make("dt", "", t(`desk.column.${field}`));
      if (WIDE.includes(form)) for (const part of [name, value]) part.classList.add("wide");
      list.append(name, value);
    }
    return list;
  }

  legs(legs) {
    const part = section("legs");
    for (const { name, start, end, due, late } of legs) {
      const row = make("div", `leg ${late ? "is-late" : ""}`);
      const ms = (end ? Date.parse(end) : Date.parse(this.answer.at)) - Date.parse(start);
      row.append(
        make("span", "name", has(`leg.${name}`) ? t(`leg.${name}`) : t(`stage.${name}`)),
        make("span", "", end ? stretch(ms) : t("desk.lasts", { time: stretch(ms) })),
        make("span", "", due ? t("desk.due_at", { time: instant(due) }) : ""),
        make("span", "n", due ? (late ? `${SYMBOLS.overdue} ${t("desk.late")}` : `${SYMBOLS.in_time} ${t("desk.in_time")}`) : ""),
      );
      part.append(row);
    }
    part.hidden = !legs.length;
    return part;
  }

  events(events) {
    const part = section("timeline");
    const list = part.appendChild(make("ol", "timeline"));
    const moved = events.map((each, i) => each.deadline !== events[i - 1]?.deadline);
    for (const [i, each] of [...events.entries()].reverse()) {
      const item = make("li", each.refused ? "refused" : "");
      item.append(make("time", "", instant(each.time)), make("b", "", t(`command.${each.type}`)));
      const who = each.name || sourceName(each.actor);
      if (who) item.append(make("span", "who", who));
      const facts = factsOf(each);
      if (facts) item.append(make("p", "", facts));
      // A deadline is told where it was set anew.
      if (each.deadline && moved[i]) item.append(make("p", "quiet", t("desk.deadline_then", { time: instant(each.deadline) })));
      if (each.refused) item.append(make("p", "is-risk", t("desk.not_taken", { code: each.refused })));
      list.append(item);
    }
    part.hidden = !events.length;
    return part;
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
        make("span", stateClass(row.state), say(form, row[field], row)),
      );
      button.addEventListener("click", () => this.opens(row));
      part.append(button);
    }
    part.hidden = !rows.length;
    return part;
  }

  remarks(remarks, may, [typed, focused]) {
    const part = section("remarks");
    for (const { at, name, account, text } of remarks) {
      const item = make("div", "remark");
      item.append(make("time", "", instant(at)), make("span", "who", name || account), make("p", "", text));
      part.append(item);
    }
    if (may) part.append(this.remarkForm(typed, focused));
    part.hidden = !remarks.length && !may;
    return part;
  }

  remarkForm(typed, focused) {
    const form = make("form", "remark-form");
    const field = make("textarea");
    field.maxLength = 1000;
    field.rows = 2;
    field.value = typed;
    field.setAttribute("aria-label", t("command.remark"));
    field.placeholder = t("desk.remark.hint");
    const button = make("button", "act", t("desk.remark.keep"));
    form.append(field, button);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      if (!field.value.trim()) return;
      this.remark(field.value.trim(), this.row);
      field.value = "";
    });
    if (focused) requestAnimationFrame(() => field.focus());
    return form;
  }
}

function section(name) {
  const part = make("section", `of-${name}`);
  part.append(make("h3", "", t(`desk.${name}`)));
  return part;
}
