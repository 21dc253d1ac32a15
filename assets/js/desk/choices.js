// The filters above a table and its search. Together with the filters in the columns' heads they
// are one model, {column: filter}, as the address and the server have it.

import { page, t } from "../core/page.js";
import { make } from "../core/dom.js";

const WAIT_MS = 250;
const ALL = "*"; // the choice of no filter
const MAINS = Object.entries(page.categories).filter(([code]) => code.length === 2);

export class Choices {
  /** `changed(filters, search)` when somebody has chosen. */
  constructor(desk, about, changed) {
    this.about = about;
    this.changed = changed;
    this.host = desk.querySelector(".choices");
    this.filters = {};
    this.input = make("input");
    Object.assign(this.input, { type: "search", placeholder: t("desk.search.hint"), maxLength: 128 });
    desk.querySelector(".search-slot").append(this.input);
    let waits = 0;
    this.input.addEventListener("input", () => {
      clearTimeout(waits);
      waits = setTimeout(() => this.changed(this.filters, this.input.value.trim()), WAIT_MS);
    });
  }

  /** Shows the filters of a kind of rows as they stand, but for those of the columns of which
   * all rows of a queue have the `same` value. */
  show(kind, filters, search, same) {
    this.filters = filters;
    this.columns = this.about.choices[kind].map(([column]) => column);
    this.input.value = search;
    const fields = this.about.choices[kind].filter(([column]) => !same.includes(column)).map((each) => this.field(each));
    this.host.replaceChildren(...fields, ...this.others(kind));
  }

  field([column, prefix, values]) {
    const control = make("select");
    control.dataset.column = column;
    control.setAttribute("aria-label", t(`desk.column.${column}`));
    // What is not chosen shows the column's name alone, which is not one of the choices.
    const named = make("option", "", t(`desk.column.${column}`));
    Object.assign(named, { value: "", hidden: true });
    control.append(named);
    for (const [value, text] of [[ALL, t("desk.any", { what: t(`desk.column.${column}`) })], ...this.options(column, prefix, values)]) {
      const option = make("option", "", text);
      option.value = value;
      control.append(option);
    }
    control.value = valueOf(this.filters[column]);
    control.classList.toggle("on", Boolean(control.value));
    control.addEventListener("change", () => this.choose(column, control));
    return control;
  }

  options(column, prefix, values) {
    if (column === "region") return this.about.below;
    if (column === "category") return MAINS;
    return values.map((value) => [value, t(`${prefix}.${value}`)]);
  }

  choose(column, control) {
    if (control.value === ALL) control.value = "";
    const { [column]: _, ...others } = this.filters;
    this.filters = control.value ? { ...others, [column]: filterOf(column, control.value) } : others;
    control.classList.toggle("on", Boolean(control.value));
    this.changed(this.filters, this.input.value.trim());
  }

  /** Filters that no field here shows, such as those of a tile: each can be taken away. */
  others(kind) {
    const heads = this.about.columns[kind].filter((each) => each.filter).map((each) => each.key);
    const rest = Object.keys(this.filters).filter((column) => !this.columns.includes(column) && !heads.includes(column));
    return rest.map((column) => {
      const value = (this.filters[column].values ?? []).join(" ");
      const button = make("button", "chip", `${t(`desk.filter.${column}${value ? `.${value}` : ""}`)} ×`);
      button.type = "button";
      button.setAttribute("aria-label", t("desk.filter.away"));
      button.addEventListener("click", () => {
        const { [column]: _, ...others } = this.filters;
        this.filters = others;
        button.remove();
        this.changed(this.filters, this.input.value.trim());
      });
      return button;
    });
  }

  /** The part of a model that stands in the columns' heads. */
  ofColumns(filters) {
    return Object.fromEntries(Object.entries(filters).filter(([column, { filterType }]) => !this.columns.includes(column) && filterType !== "set"));
  }

  /** All filters when those of the heads are now these. */
  merged(filters, heads) {
    const others = Object.entries(filters).filter(([column, { filterType }]) => this.columns.includes(column) || filterType === "set");
    this.filters = { ...Object.fromEntries(others), ...heads };
    return this.filters;
  }

  focus() {
    this.input.focus();
    this.input.select();
  }
}

// A region stands for all that lies in it, a main category for its minor ones.
const filterOf = (column, value) =>
  ["region", "category"].includes(column)
    ? { filterType: "text", type: "startsWith", filter: value }
    : { filterType: "set", values: [value] };

const valueOf = (filter) => filter?.filter ?? filter?.values?.[0] ?? "";
