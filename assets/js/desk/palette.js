// Ctrl-K: everything that may be done now, found by typing; and the list of keys.

import { t } from "../core/page.js";
import { make, mark } from "../core/dom.js";

export class Palette {
  constructor(element) {
    this.element = element;
    this.items = [];
  }

  get open() {
    return this.element.open;
  }

  /** Shows these choices: [{name, key, does}]. */
  show(items) {
    const input = make("input");
    Object.assign(input, { type: "text", placeholder: t("desk.palette.hint"), autocomplete: "off" });
    for (const [name, value] of Object.entries({ role: "combobox", "aria-expanded": "true", "aria-controls": "palette-list", "aria-label": t("desk.palette") })) input.setAttribute(name, value);
    const list = make("ul");
    list.id = "palette-list";
    list.setAttribute("role", "listbox");
    list.setAttribute("aria-label", t("desk.palette"));
    this.element.setAttribute("aria-label", t("desk.palette"));
    this.element.replaceChildren(input, list);
    this.items = items;
    this.at = 0;
    const paint = () => this.paint(input, list);
    input.addEventListener("input", () => { this.at = 0; paint(); });
    input.addEventListener("keydown", (event) => this.pressed(event, paint));
    paint();
    this.element.showModal();
  }

  paint(input, list) {
    const words = input.value.trim().toLowerCase();
    this.found = this.items.filter(({ name, key }) => name.toLowerCase().includes(words) || key === words);
    this.at = Math.max(0, Math.min(this.at, this.found.length - 1));
    list.replaceChildren(...this.found.map((item, i) => {
      const row = make("li", "", item.name);
      row.id = `palette-${i}`;
      row.setAttribute("role", "option");
      mark(row, "aria-selected", i === this.at ? "true" : "false");
      if (item.key) row.append(make("kbd", "", item.key));
      row.addEventListener("click", () => this.take(item));
      return row;
    }));
    mark(input, "aria-activedescendant", this.found.length ? `palette-${this.at}` : null);
    list.children[this.at]?.scrollIntoView({ block: "nearest" });
  }

  pressed(event, paint) {
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (by) {
      this.at = (this.at + by + this.found.length) % (this.found.length || 1);
      event.preventDefault();
      paint();
    } else if (event.key === "Enter" && this.found[this.at]) {
      event.preventDefault();
      this.take(this.found[this.at]);
    }
  }

  take(item) {
    this.element.close();
    item.does();
  }
}

/** Shows which key does what: [{heading, keys: [[key, words]]}]. */
export function showKeys(element, groups) {
  const heading = make("h2", "", t("desk.keys"));
  heading.id = "desk-keys-name";
  element.setAttribute("aria-labelledby", heading.id);
  const parts = groups.map(({ heading: name, keys }) => {
    const part = make("section");
    part.append(make("h3", "", name));
    const list = part.appendChild(make("dl"));
    for (const [key, words] of keys) {
      const term = make("dt");
      term.append(...key.split(" ").map((each) => make("kbd", "", each)));
      list.append(term, make("dd", "", words));
    }
    return part;
  });
  const close = make("button", "act", t("desk.close"));
  close.addEventListener("click", () => element.close());
  const columns = make("div", "key-groups");
  columns.append(...parts);
  element.replaceChildren(heading, columns, close);
  element.showModal();
}
