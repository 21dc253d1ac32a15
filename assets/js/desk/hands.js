// What keys and the palette do on a desk.

import { t } from "../core/page.js";
import { fits } from "./acts.js";
import { showKeys } from "./palette.js";
import { wholeName } from "./queues.js";
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

  /** The rows that a command would be given for: the chosen ones when there are several and it is for
   * many, else the one that a letter is about. */
  meant(form) {
    const chosen = this.desk.table.chosen();
    if (form.bulk && chosen.length > 1) return chosen;
    const row = this.current();
    return row && (form.opens || chosen.length < 2) ? [row] : [];
  }

  /** Commands that mean something now: [name, form]. What the server offers for the open subject decides
   * about that one, how each row stands about the others. */
  possible() {
    const open = this.desk.detail.answer;
    return Object.entries(this.desk.about.commands).filter(([name, form]) => {
      if (name === "remark") return false;
      if (form.opens) return form.may;
      return this.meant(form).some((row) => (row === open?.row ? open.commands.includes(name) : fits(form, row)));
    });
  }

  asking = () => Boolean(this.element.querySelector("dialog[open]"));
  // In a head Enter sorts.
  inTable = (target) => Boolean(target.closest?.(".desk-grid .ag-cell"));
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
    const found = this.possible().find(([, form]) => form.key === letter);
    if (letter === "m" && this.desk.detail.kind) {
      this.element.querySelector(".remark-form textarea")?.focus();
      return true;
    }
    if (!found) return false;
    const [name, form] = found;
    this.desk.acts.give(name, this.meant(form));
    return true;
  }

  palette() {
    if (this.asking()) return true;
    const acts = this.possible().map(([name, form]) => this.choice(name, form, this.meant(form)));
    const queues = this.desk.queues.visible().map((item, i) => ({
      name: t("desk.go_to", { queue: wholeName(item.dataset.queue) }),
      key: i < 9 ? String(i + 1) : "",
      does: () => this.desk.go(item.dataset.queue),
    }));
    const others = [["/", "desk.search", this.toSearch], ["r", "desk.renew", () => this.renew()], ["?", "desk.keys", () => this.keys()]];
    if (this.desk.about.briefs) others.push(["", "desk.briefs", () => this.desk.briefs()]);
    this.finder.show([...acts, ...queues, ...others.map(([key, name, does]) => ({ name: t(name), key, does }))]);
    return true;
  }

  choice(name, form, rows) {
    const about = rows.length > 1 ? t("desk.chosen", { count: rows.length }) : form.opens || !rows.length ? "" : nameOf(rows[0]);
    return { name: [commandName(name), about].filter(Boolean).join(" · "), key: form.key, does: () => this.desk.acts.give(name, rows) };
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
