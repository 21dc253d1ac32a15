// What keys and the palette do on a desk.

import { t } from "../core/page.js";
import { showKeys } from "./palette.js";
import { queueName } from "./queues.js";
import { commandName, subjectName } from "./words.js";

const MOVES = ["j k", "Enter", "Esc", "x", "/", "r", "1–9", "Ctrl+K", "Ctrl+Enter", "?"];

export class Hands {
  constructor(desk, finder) {
    this.desk = desk;
    this.finder = finder;
    this.element = desk.element;
  }

  /** The row that a letter is about: the open subject, else the one under the keyboard. */
  current() {
    return this.desk.detail.row ?? this.desk.table.focused();
  }

  /** Commands that may be tried now: [name, form]. */
  possible() {
    const row = this.current();
    const kind = row?.subject.split("/")[0];
    const offered = this.desk.detail.answer?.commands;
    return Object.entries(this.desk.about.commands).filter(([name, form]) => {
      if (name === "remark") return false;
      if (form.opens) return form.may;
      return form.subject === kind && form.may && (!offered || offered.includes(name));
    });
  }

  asking = () => Boolean(this.element.querySelector("dialog[open]"));
  inTable = (target) => Boolean(target.closest?.(".desk-grid"));
  toSearch = () => (this.desk.choices.focus(), true);
  toTable = () => (this.desk.table.step(0), true);
  goDigit = (digit) => this.desk.go(this.desk.queues.under(digit));

  step(by) {
    const row = this.desk.table.step(by);
    if (row && this.desk.detail.kind) this.desk.openSubject(row, false);
    return true;
  }

  openFocused() {
    const row = this.desk.table.focused();
    if (row) this.desk.openSubject(row, true);
    return Boolean(row);
  }

  toggle() {
    this.desk.table.toggle();
    return true;
  }

  renew() {
    return this.desk.renew();
  }

  escape(field) {
    if (field) return (this.desk.table.step(0), true);
    return this.desk.closeSubject();
  }

  letter(letter) {
    const chosen = this.desk.table.chosen();
    const found = this.possible().find(([name, form]) => form.key === letter && (chosen.length < 2 || form.bulk || form.opens));
    if (letter === "m" && this.desk.detail.kind) {
      this.element.querySelector(".remark-form textarea")?.focus();
      return true;
    }
    if (!found) return false;
    const row = this.current();
    this.desk.acts.give(found[0], chosen.length > 1 && !found[1].opens ? chosen : row ? [row] : []);
    return true;
  }

  palette() {
    if (this.asking()) return true;
    const row = this.current();
    const acts = this.possible().map(([name, form]) => ({
      name: commandName(name) + (row && !form.opens ? ` · ${nameOf(row)}` : ""),
      key: form.key,
      does: () => this.desk.acts.give(name, row ? [row] : []),
    }));
    const queues = this.desk.queues.visible().map((item, i) => ({
      name: t("desk.go_to", { queue: queueName(item.dataset.queue) }),
      key: i < 9 ? String(i + 1) : "",
      does: () => this.desk.go(item.dataset.queue),
    }));
    const others = [["/", "desk.search", this.toSearch], ["r", "desk.renew", () => this.renew()], ["?", "desk.keys", () => this.keys()]];
    this.finder.show([...acts, ...queues, ...others.map(([key, name, does]) => ({ name: t(name), key, does }))]);
    return true;
  }

  keys() {
    const move = MOVES.map((key) => [key, t(`desk.key.${key.replaceAll(" ", "_")}`)]);
    const groups = [{ heading: t("desk.keys.move"), keys: move }];
    for (const kind of ["case", "whistle", "person", "alert", "worker"]) {
      const keys = Object.entries(this.desk.about.commands)
        .filter(([, form]) => form.subject === kind && form.may)
        .map(([name, form]) => [form.key, commandName(name)]);
      if (keys.length) groups.push({ heading: t(`desk.kind.${kind}`), keys });
    }
    showKeys(this.element.querySelector(".desk-keys"), groups);
    return true;
  }
}

const nameOf = ({ subject, key }) => subjectName(subject.split("/")[0], key);
