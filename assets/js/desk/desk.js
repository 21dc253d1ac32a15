// A desk: its address, its lists and its subject, and what a person does with them.

import { page, t } from "../core/page.js";
import { count } from "../core/format.js";
import { mark, write } from "../core/dom.js";
import { Acts } from "./acts.js";
import { openBriefs } from "./briefs.js";
import * as address from "./address.js";
import * as commands from "./commands.js";
import { Choices } from "./choices.js";
import { Detail } from "./detail.js";
import { Dialog } from "./dialog.js";
import { drill as showList } from "./drill.js";
import { Hands } from "./hands.js";
import { counts, Live } from "./live.js";
import { Palette } from "./palette.js";
import { Queues, queueName, wholeName } from "./queues.js";
import * as signals from "./signals.js";
import { Table } from "./table.js";
import { failed, isOver, tell } from "./told.js";
import { subjectName } from "./words.js";

const IDLE_MS = 30000; // nobody's hand is near: the list may be put into its new order

export class Desk {
  constructor(element, api) {
    this.element = element;
    this.about = JSON.parse(element.dataset.desk);
    this.at = address.read();
    this.touchedAt = performance.now();
    this.news = 0;
    this.find();
    this.table = new Table(api, element.querySelector(".desk-grid"), (news) => this.heard(news));
    this.queues = new Queues(element, this.at.region, (queue) => this.go(queue));
    this.choices = new Choices(element, this.about, (filters, search) => this.narrow(filters, search));
    this.dialog = new Dialog(element.querySelector(".desk-act"), this.about.commands, this.at.region);
    this.hands = new Hands(this, new Palette(element.querySelector(".desk-find")));
    this.detail = new Detail(element.querySelector(".desk-detail"), this.about.refusals, {
      does: (name, row) => this.acts.give(name, [row]),
      opens: (row) => this.openSubject(row, true),
      closed: () => this.closeSubject(),
      remark: (text, row) => commands.give([{ command: "remark", subject: row.subject, expected: row.version, reason: "", data: { text } }]),
    });
    this.live = new Live([() => this.count(), () => this.compare(), () => this.lookAtSubject()]);
    signals.start(element, page.account?.role);
    this.acts = new Acts(this);
    for (const name of ["pointermove", "keydown", "wheel"]) element.addEventListener(name, () => (this.touchedAt = performance.now()), { passive: true });
    this.begin();
  }

  find() {
    const part = (name) => this.element.querySelector(name);
    this.parts = {
      name: part(".queue-name"), total: part(".queue-total"), updates: part(".updates"), empty: part(".list-empty"),
      chosen: part(".chosen"), waiting: part(".waiting"), behind: part(".behind"),
    };
    this.parts.updates.addEventListener("click", () => this.renew());
    part('[data-do="palette"]').addEventListener("click", () => this.hands.palette());
    part('[data-do="language"]').addEventListener("focus", (event) => address.inOtherLanguage(event.target));
    part('[data-do="language"]').addEventListener("pointerenter", (event) => address.inOtherLanguage(event.target));
    part('[data-do="briefs"]')?.addEventListener("click", () => this.briefs());
    part('[data-do="keys"]').addEventListener("click", () => this.hands.keys());
    for (const tile of this.element.querySelectorAll("button.desk-tile")) tile.addEventListener("click", () => this.goTile(tile.dataset));
  }

  /** The first counts say which queues there are; then the one of the address. */
  async begin() {
    try {
      await this.count();
    } catch (error) {
      failed(error);
      this.live.moved();
    }
    // A subject without a queue stands beside all of its kind.
    const offered = this.queues.visible().map(({ dataset }) => dataset.queue);
    const own = offered.findLast((name) => this.kindOf(name) === this.at.kind);
    const queue = this.queues.has(this.at.queue) ? this.at.queue : own || this.queues.first() || this.about.queues[0][0];
    this.show({ ...this.at, queue }, false);
    if (this.at.kind) this.openSubject({ subject: `${this.at.kind}/${this.at.key}` }, false);
  }

  end() {
    this.live.end();
  }

  renew() {
    this.table.renew();
    return true;
  }

  // -- what is shown --------------------------------------------------------------------

  kindOf(queue) {
    return this.about.queues.find(([name]) => name === queue)?.[1];
  }

  /** Shows what an address says of the list. */
  show(at, step) {
    const [, kind, sort, same] = this.about.queues.find(([name]) => name === at.queue);
    const differ = (column) => !same.includes(column);
    const filters = Object.fromEntries(Object.entries(at.filters).filter(([column]) => differ(column)));
    this.at = { ...at, filters };
    address.write(this.at, step);
    this.queues.choose(at.queue);
    write(this.parts.name, queueName(at.queue));
    this.counted(null);
    this.choices.show(kind, filters, at.search, same);
    const columns = this.about.columns[kind].filter(({ key }) => differ(key));
    this.table.show(this.wanted(), columns, at.sort || sort, this.choices.ofColumns(filters));
    this.told(0);
    this.acts.choseRows([]);
  }

  wanted() {
    const { region, queue, filters, search } = this.at;
    return { region, queue, filters, search };
  }

  go(queue, filters = {}) {
    if (!this.queues.has(queue)) return false;
    this.closeSubject(false);
    this.show({ ...this.at, queue, filters, sort: "", search: "", kind: "", key: "" }, true);
    tell(wholeName(queue));
    return true;
  }

  goTile({ to, filters, drill }) {
    if (drill) return showList(this.element.querySelector(".desk-keys"), this.at.region, drill).catch(failed);
    const [column, value] = filters.split("=");
    this.go(to, column ? { [column]: { filterType: "set", values: [value] } } : {});
  }

  /** Other filters or another search in the same queue. */
  narrow(filters, search) {
    this.at = { ...this.at, filters, search };
    address.write(this.at, false);
    this.counted(null);
    this.table.narrow(this.wanted());
  }

  /** The address was changed by going back or forth. */
  follow() {
    const at = address.read();
    if (at.region !== this.at.region) return;
    const queue = this.kindOf(at.queue) ? at.queue : this.at.queue;
    const same = JSON.stringify([queue, at.filters, at.sort, at.search]) === JSON.stringify([this.at.queue, this.at.filters, this.at.sort, this.at.search]);
    if (same) this.at = { ...at, queue };
    else this.show({ ...at, queue }, false);
    if (at.kind) this.openSubject({ subject: `${at.kind}/${at.key}` }, false);
    else this.closeSubject(false);
  }

  async openSubject({ subject }, step) {
    const [kind, ...rest] = subject.split("/");
    const key = rest.join("/");
    const before = document.activeElement;
    this.at = { ...this.at, kind, key };
    address.write(this.at, step);
    try {
      await this.detail.show(kind, key);
      if (!before?.closest?.(".desk-grid")) this.detail.parts.name.focus({ preventScroll: true });
      tell(subjectName(kind, key));
    } catch (error) {
      failed(error);
      if (isOver(error)) this.closeSubject();
    }
    return true;
  }

  /** The open subject as it is now; one that may not be seen any more is closed. */
  async lookAtSubject() {
    try {
      await this.detail.look();
    } catch (error) {
      if (!isOver(error)) throw error;
      failed(error);
      this.closeSubject();
    }
  }

  closeSubject(writes = true) {
    if (!this.detail.kind && !this.at.kind) return false;
    const inside = this.detail.element.contains(document.activeElement);
    this.detail.close();
    this.at = { ...this.at, kind: "", key: "" };
    if (writes) address.write(this.at, true);
    if (inside) this.table.step(0);
    return true;
  }

  briefs() {
    openBriefs(this.element.querySelector(".desk-keys"), this.at.region);
  }

  // -- what comes from the server -------------------------------------------------------

  async count() {
    const { n, at, counts: found } = await counts(this.at.region);
    this.live.counted(n, at);
    commands.seen(n);
    this.queues.paint(found);
    const lag = this.live.lag();
    write(this.parts.behind, lag ? t("desk.behind", { count: count(lag) }) : "");
    signals.hear(found);
  }

  async compare() {
    const found = await this.table.compare();
    if (!found) return;
    const idle = performance.now() - this.touchedAt > IDLE_MS && !this.detail.kind && !this.table.chosen().length;
    if (found.news && (idle || !this.table.total)) return this.table.renew();
    this.told(found.news);
  }

  /** How many changes of the list are not yet in it. */
  told(news) {
    this.parts.updates.hidden = !news;
    write(this.parts.updates, t("desk.updates", { count: news }));
    if (news && news !== this.news) tell(t("desk.updates", { count: news }));
    this.news = news;
  }

  /** What the table says. */
  heard(news) {
    if (news.total !== undefined) this.counted(news.total);
    if (news.sort !== undefined) this.reAddress({ sort: news.sort });
    if (news.filters) this.narrow(this.choices.merged(this.at.filters, news.filters), this.at.search);
    if (news.opened) this.openSubject(news.opened, true);
    if (news.chosen) this.acts.choseRows(news.chosen);
    if (news.renewed) this.told(0);
    if (news.failed) failed(news.failed);
  }

  reAddress(changes) {
    this.at = { ...this.at, ...changes };
    address.write(this.at, false);
  }

  /** How many rows the list has; null until they have come. */
  counted(total) {
    mark(this.parts.total, "data-value", total);
    mark(this.parts.total, "title", t("desk.means.total"));
    write(this.parts.total, total === null ? "" : t("desk.total", { count: count(total) }));
    this.parts.empty.hidden = total !== 0;
    const narrowed = Object.keys(this.at.filters).length || this.at.search;
    write(this.parts.empty, t(narrowed ? "desk.none_found" : "desk.none_left"));
  }
}
