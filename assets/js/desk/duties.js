// The entry of /manage/duties: the duty lists in force for a region, edited as a table. What is
// saved is a new version; one that was overtaken is told of, and nothing typed is lost.

import { get, send } from "../core/ask.js";
import { page, rem, t } from "../core/page.js";
import { make, mark, write } from "../core/dom.js";
import { tell } from "../manage/said.js";
import { instant } from "./words.js";

const GRID = "duty-grid";
const STANDINGS = ["brief", "law", "practice", "ours"];
const MINORS = Object.keys(page.categories).filter((code) => code.length === 4).sort();

class Duties {
  constructor(place, api) {
    this.place = place;
    this.api = api;
    this.region = place.dataset.region;
    this.names = JSON.parse(place.dataset.names);
    this.list = null; // as it was read
    this.changed = false;
    this.versions = place.querySelector('[data-field="version"]').appendChild(make("select"));
    this.versions.setAttribute("aria-label", t("duty.history"));
    this.versions.addEventListener("change", () => this.leave(() => this.open(this.list.name, this.versions.value)));
    for (const tab of place.querySelectorAll("[data-duty]")) {
      tab.addEventListener("click", () => this.leave(() => this.open(tab.dataset.duty)));
    }
    const does = { add: () => this.add(), remove: () => this.remove(), undo: () => this.open(this.list.name), save: () => this.save() };
    for (const [name, action] of Object.entries(does)) this.button(name).addEventListener("click", () => this.guarded(action));
    api.updateGridOptions({ suppressColumnMoveAnimation: true, columnDefs: columns() });
    api.addEventListener("cellValueChanged", (event) => this.edited(event));
    window.addEventListener("beforeunload", (event) => this.changed && event.preventDefault());
    this.open("grid");
  }

  button(name) {
    return this.place.querySelector(`[data-do="${name}"]`);
  }

  async guarded(action) {
    try {
      await action();
    } catch (error) {
      if (error.code === "desk.conflict") tell(t("duty.conflict", { message: error.message }), true);
      else tell(error.message, true);
    }
  }

  /** Goes elsewhere when nothing unsaved would be lost by it. */
  leave(go) {
    if (this.changed) {
      this.versions.value = this.shown;
      return tell(t("duty.changed"), true);
    }
    return this.guarded(go);
  }

  /** Reads a list: the newest of the region, or a version of it named "region/number". */
  async open(name, which = "") {
    const [region, version] = which ? which.split("/") : [this.region, "0"];
    const { lists } = await get(`/api/v1/duties/${region}?name=${name}&version=${version}`);
    [this.list] = lists;
    const newest = which ? (await get(`/api/v1/duties/${this.region}?name=${name}`)).lists[0] : this.list;
    this.newest = newest.version;
    this.api.setGridOption("rowData", this.list.rows.map((row) => ({ ...row })));
    this.paint(newest.versions);
    this.change(false);
    tell(newest.version === this.list.version ? "" : t("duty.old", { version: this.list.version }));
  }

  paint(versions) {
    const { name, region, version, rows } = this.list;
    for (const tab of this.place.querySelectorAll("[data-duty]")) mark(tab, "aria-selected", String(tab.dataset.duty === name));
    this.shown = `${region}/${version}`;
    this.versions.replaceChildren(...versions.map((each) => {
      const text = t("duty.version", { version: each.version, who: each.changed_by, at: `${this.names[each.region]} ${instant(each.changed_at)}` });
      const option = make("option", "", text);
      option.value = `${each.region}/${each.version}`;
      return option;
    }));
    this.versions.value = this.shown;
    const note = [t("duty.rows", { count: rows.length })];
    if (region !== this.region) note.push(t("duty.inherited", { place: this.names[region] }));
    write(this.place.querySelector(".note"), note.join(" · "));
  }

  change(changed) {
    this.changed = changed;
    this.button("save").disabled = !changed;
    this.button("undo").disabled = !changed;
  }

  edited({ column, data, node }) {
    // A row that has no words yet takes those of its category.
    if (column.getColId() === "code") {
      const field = page.language === "en" ? "item_en" : "item_zh";
      if (!data[field]) node.setDataValue(field, page.categories[data.code] ?? "");
    }
    this.change(true);
  }

  add() {
    const level = this.list.name === "whistle" ? "department" : this.list.name;
    const row = { id: crypto.randomUUID().slice(0, 13), code: MINORS[0], item_zh: "", item_en: "", level, unit: "", limit: "", standing: "ours" };
    this.api.applyTransaction({ add: [row], addIndex: 0 });
    this.change(true);
    this.api.ensureIndexVisible(0);
    this.api.startEditingCell({ rowIndex: 0, colKey: "code" });
  }

  remove() {
    const rows = this.api.getSelectedRows();
    if (!rows.length) return;
    this.api.applyTransaction({ remove: rows });
    this.change(true);
  }

  async save() {
    this.api.stopEditing();
    const rows = [];
    this.api.forEachNode((node) => rows.push(node.data));
    const { version } = await send("PUT", `/api/v1/duties/${this.region}`, { name: this.list.name, version: this.newest, rows });
    this.change(false);
    await this.open(this.list.name);
    tell(t("duty.saved", { version }));
  }
}

function columns() {
  const text = (field, width, more = {}) => ({ field, headerName: t(`duty.${field}`), width: width * rem(), editable: true, sortable: true, ...more });
  const codes = { cellEditor: "agSelectCellEditor", cellEditorParams: { values: MINORS } };
  const standings = { cellEditor: "agSelectCellEditor", cellEditorParams: { values: STANDINGS } };
  return [
    text("code", 26, { ...codes, valueFormatter: ({ value }) => `${value} ${page.categories[value] ?? ""}`, filter: "agTextColumnFilter" }),
    text("item_zh", 30, { flex: 1 }),
    text("item_en", 34, { flex: 1 }),
    text("unit", 26, { flex: 1, filter: "agTextColumnFilter" }),
    text("limit", 18, { valueFormatter: ({ value }) => value || t("duty.limit.rules") }),
    text("standing", 14, { ...standings, valueFormatter: ({ value }) => t(`duty.standing.${value}`) }),
  ];
}

async function begin() {
  const place = document.querySelector(".manage-duties");
  if (!place) return;
  observer.disconnect();
  new Duties(place, await window.dash_ag_grid.getApiAsync(GRID));
}

const observer = new MutationObserver(() => begin());
observer.observe(document.getElementById("react-entry-point"), { childList: true, subtree: true });
begin();
