// The table of a queue: fetches its rows as AG Grid asks for them, asks again for those in sight, and
// knows which are chosen and which is under the keyboard.

import { get } from "../core/ask.js";
import { rem } from "../core/page.js";
import { Changes } from "./changes.js";
import { columnsOf, MARKS } from "./columns.js";
import { Ring } from "./ring.js";
import { isOver } from "./told.js";

const AROUND = 5; // rows above and below those in sight that are looked after too
const MOST = 200; // rows a request may name
const AT_ONCE = 100; // commands in one request
const NARROW = 160; // rem

export class Table {
  /** `heard` is told of {rows: total}, {sort}, {filters}, {opened: row}, {chosen}, {failed}. */
  constructor(api, host, heard) {
    this.api = api;
    this.changes = new Changes(api);
    this.ring = new Ring(api);
    this.heard = heard;
    this.asked = null; // {region, queue, filters, search} of the rows on show
    this.total = null; // rows of the list, once they have come
    this.lost = false; // some rows could not be had
    this.stopped = false; // the list may not be seen: it is not asked for again by itself
    this.coming = 0; // requests for rows that are under way
    this.pushed = 0; // how many new rows there are among those in sight
    this.quiet = true;
    this.width = 0;
    new ResizeObserver(([{ contentRect }]) => {
      this.width = contentRect.width;
      // Its size changes once more when the page is left and the grid is gone.
      if (this.asked && !this.api.isDestroyed()) this.fit();
    }).observe(host);
    api.updateGridOptions({
      rowClassRules: Object.fromEntries(MARKS.map((mark) => [`is-${mark}`, ({ data }) => data?.mark === mark])),
      tooltipShowDelay: 600,
      suppressColumnMoveAnimation: true,
    });
    api.addEventListener("sortChanged", () => {
      this.ring.hold(true);
      if (!this.quiet) heard({ sort: this.sort() });
    });
    api.addEventListener("filterChanged", () => this.quiet || heard({ filters: api.getFilterModel() }));
    api.addEventListener("selectionChanged", () => heard({ chosen: this.chosen() }));
    api.addEventListener("rowClicked", ({ data, event }) => {
      if (data && !event.target.closest?.(".ag-selection-checkbox")) heard({ opened: data });
    });
  }

  /** Shows a queue from its first row. */
  show(asked, columns, sort, columnFilters) {
    this.quiet = true;
    this.begin(asked);
    this.changes.forget();
    this.api.setGridOption("columnDefs", columnsOf(columns, sort));
    this.api.applyColumnState({ state: stateOf(sort), defaultState: { sort: null } });
    this.api.setFilterModel(columnFilters);
    this.api.setGridOption("datasource", { getRows: (wanted) => this.fetch(wanted) });
    this.fit();
    // What the grid itself says of this comes within the turn.
    setTimeout(() => (this.quiet = false));
  }

  /** Leaves out what there is no room for. Columns of another kind of rows that were left out may
   * have the names of ones that are wanted here. */
  fit() {
    const narrow = this.width < NARROW * rem();
    const [wide, always] = [[], []];
    for (const column of this.api.getColumns()) (column.getColDef().context?.wide ? wide : always).push(column);
    this.api.setColumnsVisible(always, true);
    this.api.setColumnsVisible(wide, !narrow);
  }

  /** The rows of other filters or another search. */
  narrow(asked) {
    this.begin(asked);
    this.renew(false);
  }

  /** Another list begins: nothing of it is chosen. */
  begin(asked) {
    this.asked = asked;
    this.api.deselectAll();
    this.wait(false);
  }

  wait(same) {
    [this.total, this.lost, this.stopped] = [null, false, false];
    this.ring.hold(same);
  }

  /** Fetches all rows anew: they may change their places. `same`: those of the same list. */
  renew(same = true) {
    this.changes.forget();
    this.wait(same);
    this.api.purgeInfiniteCache();
    this.heard({ renewed: true });
  }

  sort() {
    const sorted = this.api.getColumnState().filter((each) => each.sort);
    return sorted.sort((a, b) => a.sortIndex - b.sortIndex).map((each) => `${each.colId}:${each.sort}`).join(",");
  }

  pathOf(start, end) {
    const { region, queue, filters, search } = this.asked;
    const words = new URLSearchParams({ queue, start, end, sort: this.sort() });
    if (Object.keys(filters).length) words.set("filter", JSON.stringify(filters));
    if (search) words.set("search", search);
    return `/api/v1/desk/${region}/rows?${words}`;
  }

  async fetch({ startRow, endRow, successCallback, failCallback }) {
    const asked = this.asked;
    this.coming += 1;
    try {
      const answer = await get(this.pathOf(startRow, endRow));
      if (asked !== this.asked) return failCallback();
      this.total = answer.total;
      successCallback(answer.rows.map((row) => this.changes.marked(row)), answer.total);
      this.heard({ total: answer.total });
    } catch (error) {
      failCallback();
      this.fell(error);
    } finally {
      this.coming -= 1;
      if (!this.coming) this.settle();
    }
  }

  /** Rows could not be had. */
  fell(error) {
    if (isOver(error)) this.stopped = true;
    else this.lost = true;
    this.heard({ failed: error });
  }

  /** All rows that were asked for are there: what is chosen is what is still among them. */
  settle() {
    if (this.api.isDestroyed()) return; // the page is being left
    this.ring.settle();
    const gone = this.chosen().filter(({ subject }) => !this.api.getRowNode(subject)?.data);
    if (!gone.length) return;
    const left = this.chosen().filter((row) => !gone.includes(row));
    this.api.deselectAll();
    for (const { subject } of left) this.api.getRowNode(subject).setSelected(true);
  }

  /** The rows in sight and a few around, as [first, end). */
  inSight() {
    const first = Math.max(0, this.api.getFirstDisplayedRowIndex() - AROUND);
    const last = this.api.getLastDisplayedRowIndex();
    return last < 0 ? [0, 50] : [first, Math.min(last + 1 + AROUND, first + MOST)];
  }

  /** Asks for the rows in sight again and changes those that changed, where they stand. Answers
   * {total, news: how many came, went or moved by other hands} of the server's list against this one;
   * null while there are no rows to compare with. */
  async compare() {
    if (this.stopped) return null;
    if (this.lost) this.renew();
    if (this.total === null) return null;
    const asked = this.asked;
    const [start, end] = this.inSight();
    const answer = await this.ask(start, end).catch((error) => {
      if (!isOver(error)) throw error;
      this.fell(error);
    });
    if (!answer || asked !== this.asked || this.total === null) return null;
    const news = this.changes.between(this.shown(start, end), answer.rows, end - start);
    return { total: answer.total, news: news || this.changes.apart(this.total, answer.total) };
  }

  /** The rows in this part of the list and as many behind them as new ones may have pushed on: those
   * have not gone. */
  async ask(start, end) {
    const wanted = () => get(this.pathOf(start, Math.min(end + this.pushed, start + MOST)));
    const answer = await wanted();
    const before = this.pushed;
    this.pushed = this.changes.came(answer.rows.slice(0, end - start));
    return this.pushed > before ? wanted() : answer;
  }

  shown(start, end) {
    const nodes = [];
    for (let i = start; i < Math.min(end, this.api.getDisplayedRowCount()); i += 1) {
      const node = this.api.getDisplayedRowAtIndex(i);
      if (node?.data) nodes.push(node);
    }
    return nodes;
  }

  /** Chooses the rows that have been fetched, as many as may be acted upon at once. */
  chooseAll() {
    let left = AT_ONCE - this.api.getSelectedNodes().length;
    this.api.forEachNode((node) => {
      if (left <= 0 || !node.data || node.isSelected()) return;
      node.setSelected(true);
      left -= 1;
    });
  }

  chosen() {
    return this.api.getSelectedNodes().map((node) => node.data).filter(Boolean);
  }

  /** The row under the keyboard, or null. */
  focused() {
    return this.ring.row();
  }

  /** Puts the keyboard onto a row: the one `by` rows on, or the first. */
  step(by) {
    return this.ring.step(by);
  }

  /** The row of a subject as it is now, or null. */
  row(subject) {
    return this.api.getRowNode(subject)?.data ?? null;
  }

  /** Chooses the row under the keyboard, or gives it back. */
  toggle() {
    const node = this.ring.row() && this.api.getRowNode(this.ring.subject);
    node?.setSelected(!node.isSelected());
  }

  /** Marks of time: what is left of each limit. */
  tick() {
    const due = this.api.getColumn?.("due");
    if (due) this.api.refreshCells({ columns: ["due"], force: true });
  }
}

const stateOf = (sort) =>
  sort.split(",").filter(Boolean).map((each, sortIndex) => {
    const [colId, way] = each.split(":");
    return { colId, sort: way, sortIndex };
  });
