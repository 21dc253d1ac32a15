// The row under the keyboard. AG Grid knows it by its place only; here it is a subject, so that a key
// never means the row that has come into its place.

export class Ring {
  constructor(api) {
    this.api = api;
    this.subject = "";
    this.held = false; // rows are on their way: what is focused meanwhile is nobody's choice
    api.addEventListener("cellFocused", () => this.held || this.take());
  }

  at(index) {
    return this.api.getDisplayedRowAtIndex(index)?.data ?? null;
  }

  take() {
    const at = this.api.getFocusedCell();
    this.subject = at ? (this.at(at.rowIndex)?.subject ?? "") : "";
  }

  /** The row itself, or null. */
  row() {
    const at = this.api.getFocusedCell();
    const row = at && this.at(at.rowIndex);
    return row && row.subject === this.subject ? row : null;
  }

  /** Onto another row: the one `by` rows on, or the first. */
  step(by) {
    const count = this.api.getDisplayedRowCount();
    if (!count) return null;
    const at = this.api.getFocusedCell();
    const index = at ? Math.min(count - 1, Math.max(0, at.rowIndex + by)) : 0;
    this.api.ensureIndexVisible(index);
    this.put(index, at?.column);
    return this.at(index);
  }

  put(index, column) {
    this.api.setFocusedCell(index, column ?? this.firstColumn());
    this.take();
  }

  firstColumn() {
    return this.api.getAllDisplayedColumns().find((column) => column.getColId() !== "mark" && column.getColDef().field);
  }

  /** Other rows are about to come; `same`: of the same list, in which its row may have another place. */
  hold(same) {
    this.held = true;
    if (!same) this.subject = "";
  }

  /** They have come: it goes where its row went, and is gone with it; unless a hand is elsewhere,
   * which keeps the keyboard. */
  settle() {
    const held = this.held;
    this.held = false;
    const at = this.api.getFocusedCell();
    if (!at || this.row()) return;
    // More rows of the same list: one that was not there yet when it was reached.
    if (!held && !this.subject) return this.take();
    const node = this.subject ? this.api.getRowNode(this.subject) : null;
    const here = [null, document.body].includes(document.activeElement) || document.activeElement.closest(".desk-grid");
    if (here && node?.data && this.at(node.rowIndex) === node.data) return this.put(node.rowIndex, at.column);
    this.subject = "";
    this.api.clearFocusedCell();
  }
}
