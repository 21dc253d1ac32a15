// The entry of /manage/duties: the duty lists in force for a region, edited as a table. What is
// saved is a new version; one that was overtaken is told of, and nothing typed is lost.

import { get, send } from "../core/ask.js";
import { page, rem, t } from "../core/page.js";
import { LATE, make, mark, write } from "../core/dom.js";
import { tell } from "../manage/said.js";
import { legsText, limitOf, limitText } from "./limits.js";
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
    this.asked = 0;
    this.changed = false;
    this.versions = place.querySelector('[data-field="version"]').appendChild(make("select"));
    this.versions.setAttribute("aria-label", t("duty.history"));
    this.versions.addEventListener("change", () => this.leave(() => this.open(this.list.name, this.versions.value)));
    for (const tab of place.querySelectorAll("[data-duty]")) {
      tab.addEventListener("click", () => this.leave(() => this.open(tab.dataset.duty)));
    }
    const does = { add: () => this.add(), remove: () => this.remove(), undo: () => this.open(this.list.name), save: () => this.save() };
    for (const [name, action] of Object.entries(does)) this.button(name).addEventListener("click", () => this.guarded(action));
    api.setGridOption("suppressColumnMoveAnimation", true);
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
      this.versions.value = String(this.list.version);
      return tell(t("duty.changed"), true);
    }
    return this.guarded(go);
  }

  /** Reads a list: the newest of the region, or an earlier version. */
  async open(name, version = 0) {
    const at = `/api/v1/duties/${this.region}?name=${name}`;
    const asked = (this.asked += 1);
    const { lists, kinds } = await get(`${at}&version=${version}`);
    if (asked !== this.asked) return; // another list was asked for meanwhile
    [this.list] = lists;
    this.newest = this.list.versions[0].version;
    const rowData = this.list.rows.map((row) => ({ ...row, limit: limitText(row.limit) }));
    this.api.setGridOption("rowData", []); // the columns of a list are not for the rows of another
    this.api.updateGridOptions({ columnDefs: columns(name, kinds), rowData });
    this.paint();
    this.change(false);
    tell(this.newest === this.list.version ? "" : t("duty.old", { version: this.list.version }));
  }

  paint() {
    const { name, version, versions, rows } = this.list;
    const { region } = versions[0];
    for (const tab of this.place.querySelectorAll("[data-duty]")) mark(tab, "aria-selected", String(tab.dataset.duty === name));
    this.versions.replaceChildren(...versions.map((each) => {
      const text = t("duty.version", { version: each.version, who: each.changed_by, at: `${this.names[each.region]} ${instant(each.changed_at)}` });
      const option = make("option", "", text);
      option.value = String(each.version);
      return option;
    }));
    this.versions.value = String(version);
    const note = [t("duty.rows", { count: rows.length })];
    if (region !== this.region) note.push(t("duty.inherited", { place: this.names[region] }));
    write(this.place.querySelector(".note"), note.join(" · "));
  }

  /** An earlier version or one from above may be saved as it is: it becomes the region's newest. */
  change(changed) {
    this.changed = changed;
    this.button("save").disabled = !changed && this.list.version === this.newest && this.list.region === this.region;
    this.button("undo").disabled = !changed;
  }

  edited({ column, data, node }) {
    // A row that has no words yet takes those of its category.
    if (column.getColId() === "code") {
      const field = page.language === "en" ? "item_en" : "item_zh";
      if (!data[field]) node.setDataValue(field, page.categories[data.code] ?? "");
    }
    this.change(true);
    if (column.getColId() === "limit") tell(wrong(data.limit) ? wrongText(data.limit) : "", wrong(data.limit));
  }

  add() {
    const whistle = this.list.name === "whistle";
    const [level, kind] = whistle ? ["department", "routine"] : [this.list.name, ""];
    const row = { id: crypto.randomUUID().slice(0, 13), code: MINORS[0], item_zh: "", item_en: "", level, unit: "", limit: "", standing: "ours", kind };
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
    this.api.forEachNode(({ data }) => rows.push({ ...data, limit: limitOf(data.limit) }));
    if (rows.some(({ limit }) => limit === null)) return this.showWrong();
    const { version } = await send("PUT", `/api/v1/duties/${this.region}`, { name: this.list.name, version: this.newest, rows });
    this.change(false);
    await this.open(this.list.name);
    tell(t("duty.saved", { version }));
  }

  /** Goes to the first limit that is none. */
  showWrong() {
    this.api.forEachNode((node) => {
      if (!wrong(node.data.limit) || this.api.getEditingCells().length) return;
      tell(wrongText(node.data.limit), true);
      this.api.ensureNodeVisible(node);
      this.api.startEditingCell({ rowIndex: node.rowIndex, colKey: "limit" });
    });
  }
}

const wrong = (limit) => limitOf(limit) === null;
const wrongText = (limit) => t("duty.limit.wrong", { text: limit });

/** A typed limit in the usual words; what is none stays as it was typed, and keeps all from being saved. */
function limitTyped({ newValue }) {
  const typed = (newValue ?? "").trim();
  return wrong(typed) ? typed : limitText(limitOf(typed));
}

const limitShown = ({ value }) => (wrong(value) ? `${LATE} ${value}` : value || t("duty.limit.rules"));

/** `kinds`: the limits of each kind of whistle, which a row of their list has in place of its own. */
function columns(list, kinds) {
  const text = (field, width, more = {}) => ({ field, headerName: t(`duty.${field}`), width: width * rem(), editable: true, sortable: true, ...more });
  const chosen = (values) => ({ cellEditor: "agSelectCellEditor", cellEditorParams: { values } });
  const ofWhistles = [
    text("kind", 14, { ...chosen(Object.keys(kinds)), valueFormatter: ({ value }) => t(`whistle.${value}`) }),
    text("limits", page.language === "en" ? 60 : 46, { editable: false, valueGetter: ({ data }) => legsText(kinds[data.kind]) }),
  ];
  const ownLimit = text("limit", 18, { headerTooltip: t("duty.limit.form"), valueFormatter: limitShown, valueParser: limitTyped, cellClassRules: { "is-late": ({ value }) => wrong(value) } });
  return [
    text("code", 26, { ...chosen(MINORS), valueFormatter: ({ value }) => `${value} ${page.categories[value] ?? ""}`, filter: "agTextColumnFilter" }),
    text("item_zh", 30, { flex: 1 }),
    text("item_en", 34, { flex: 1 }),
    text("unit", 26, { flex: 1, filter: "agTextColumnFilter" }),
    ...(list === "whistle" ? ofWhistles : [ownLimit]),
    text("standing", 14, { ...chosen(STANDINGS), valueFormatter: ({ value }) => t(`duty.standing.${value}`) }),
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
