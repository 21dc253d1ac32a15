// What a desk asks of AG Grid, done by hand and without a picture: the twin of its interface.

class Node {
  constructor(grid, data, rowIndex) {
    Object.assign(this, { grid, data, rowIndex });
  }
  setData(data) {
    this.data = data;
  }
  isSelected() {
    return this.grid.selected.get(this.data.subject) === this;
  }
  setSelected(on) {
    if (on) this.grid.selected.set(this.data.subject, this);
    else this.grid.selected.delete(this.data.subject);
    this.grid.say("selectionChanged");
  }
}

const COLUMN = { getColId: () => "key", getColDef: () => ({ field: "key" }) };

export class GridTwin {
  constructor() {
    this.nodes = [];
    this.selected = new Map();
    this.listeners = {};
    this.focus = null;
    for (const name of ["updateGridOptions", "applyColumnState", "setFilterModel", "setColumnsVisible", "refreshCells", "flashCells", "ensureIndexVisible"]) this[name] = () => {};
    for (const name of ["getColumns", "getColumnState"]) this[name] = () => [];
    this.getFilterModel = () => ({});
    this.getColumn = () => null;
    this.isDestroyed = () => false;
    this.getAllDisplayedColumns = () => [COLUMN];
  }
  addEventListener(name, listener) {
    this.listeners[name] = listener;
  }
  say(name) {
    this.listeners[name]?.({});
  }
  setGridOption(name, value) {
    if (name !== "datasource") return;
    this.source = value;
    this.purgeInfiniteCache();
  }
  // As in AG Grid what is focused is a place, and what is chosen outlives its rows.
  purgeInfiniteCache() {
    this.nodes = [];
    const successCallback = (rows) => {
      this.nodes = rows.map((row, i) => new Node(this, row, i));
      for (const node of this.nodes) if (this.selected.has(node.data.subject)) this.selected.set(node.data.subject, node);
    };
    this.source.getRows({ startRow: 0, endRow: 100, successCallback, failCallback() {} });
  }
  deselectAll() {
    this.selected.clear();
    this.say("selectionChanged");
  }
  getSelectedNodes = () => [...this.selected.values()];
  forEachNode = (does) => this.nodes.forEach(does);
  getRowNode = (subject) => this.nodes.find(({ data }) => data.subject === subject);
  getDisplayedRowAtIndex = (index) => this.nodes[index];
  getDisplayedRowCount = () => this.nodes.length;
  getFirstDisplayedRowIndex = () => 0;
  getLastDisplayedRowIndex = () => this.nodes.length - 1;
  getFocusedCell = () => this.focus;
  setFocusedCell(rowIndex, column) {
    this.focus = { rowIndex, column };
    this.say("cellFocused");
  }
  clearFocusedCell() {
    this.focus = null;
  }
}
