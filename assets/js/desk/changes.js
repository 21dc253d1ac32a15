// What becomes of a list's rows while somebody works with them: they stay where they are, bear marks of
// what is under way or done, and take in what other hands have changed.

const SETTLED = "settled"; // a command has come back, and the next look tells where its row is

export class Changes {
  constructor(api) {
    this.api = api;
    this.marks = new Map(); // subject → {mark, told}
  }

  /** What became of rows is told in the list in which it was done. */
  forget() {
    for (const [subject, { mark }] of this.marks) if (["done", "moved", "refused", SETTLED].includes(mark)) this.marks.delete(subject);
  }

  marked(row) {
    const found = this.marks.get(row.subject);
    return found ? { ...row, mark: found.mark, markTold: found.told } : row;
  }

  /** Marks a row, or takes its mark away with ''. */
  mark(subject, mark, told = "") {
    if (mark) this.marks.set(subject, { mark, told });
    else this.marks.delete(subject);
    const node = this.api.getRowNode(subject);
    if (node?.data) this.put(node, { ...node.data, mark, markTold: told });
  }

  put(node, data) {
    node.setData(data);
    this.api.refreshCells({ rowNodes: [node], force: true });
  }

  /** Takes the rows that the server has now into those of these nodes, and answers how many came, went
   * or moved by other hands. The first `many` of them stand where the nodes do. */
  between(nodes, rows, many) {
    const now = new Map(rows.map((row) => [row.subject, row]));
    let news = 0;
    for (const node of nodes) {
      const row = now.get(node.data.subject);
      if (row) this.take(node, row);
      else if (this.missed(node)) news += 1;
    }
    return news + this.came(rows.slice(0, many));
  }

  many(mark) {
    return [...this.marks.values()].filter((each) => each.mark === mark).length;
  }

  /** How many of these rows are new. What one's own hand took out of the list let others move up
   * at the end of them. */
  came(rows) {
    const isNew = rows.map((row) => !this.api.getRowNode(row.subject)?.data);
    for (let own = this.many("done"); own > 0 && isNew.at(-1); own -= 1) isNew.pop();
    return isNew.filter(Boolean).length;
  }

  /** By how many rows the list is longer or shorter than one's own hand made it. */
  apart(had, total) {
    const fewer = had - this.many("done") - total;
    return fewer < 0 ? -fewer : Math.max(0, fewer - this.many(SETTLED));
  }

  /** A row as it is now, in its place; it flashes when something about it is new. */
  take(node, row) {
    const was = node.data;
    if (["done", "moved", SETTLED].includes(this.marks.get(row.subject)?.mark)) this.marks.delete(row.subject);
    const data = this.marked(row);
    const changed = was.version !== row.version || was.state !== row.state || was.due !== row.due;
    if (!changed && was.mark === data.mark) return;
    this.put(node, data);
    if (changed) this.api.flashCells({ rowNodes: [node] });
  }

  /** A row that is no longer among those in sight; answers whether that is news. */
  missed(node) {
    const { subject, mark } = node.data;
    const own = this.marks.get(subject)?.mark;
    if (own === SETTLED) {
      this.mark(subject, "done");
    } else if (mark === "moved") return true;
    else if (!own || own === "refused") this.mark(subject, "moved");
    return !own || own === "refused";
  }

  /** A command of this page about a row has come back: the next look tells where the row is. */
  settle(subject) {
    this.mark(subject, "");
    this.marks.set(subject, { mark: SETTLED, told: "" });
    this.api.getRowNode(subject)?.setSelected(false);
  }
}
