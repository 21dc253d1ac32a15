// What makes up a number that is no queue: the list that the ledgers themselves answer.

import { get } from "../core/ask.js";
import { t } from "../core/page.js";
import { count } from "../core/format.js";
import { make, tableOf } from "../core/dom.js";

const MOST = 2000; // more rows than there are grids

/** Shows the list of a metric in a dialog, which is there at once. Throws what the server says. */
export async function drill(element, region, metric) {
  if (document.querySelector("dialog[open]")) return;
  const name = t(`desk.drill.${metric}`);
  const heading = make("h2", "", name);
  heading.id = "desk-drill-name";
  element.setAttribute("aria-labelledby", heading.id);
  const close = make("button", "act", t("desk.close"));
  close.addEventListener("click", () => element.close());
  const waits = make("p", "quiet", t("desk.drill.waits"));
  element.replaceChildren(heading, waits, close);
  element.showModal();
  try {
    const { total, columns, rows } = await get(`/api/v1/drill/${region}?metric=${metric}&end=${MOST}`);
    heading.textContent = t("desk.drill.title", { name, count: count(total) });
    waits.replaceWith(rows.length ? scrolled(columns, rows) : make("p", "quiet", t("desk.drill.none")));
  } catch (error) {
    if (waits.isConnected) element.close();
    throw error;
  }
}

/** A table that one can scroll by keys, too. */
function scrolled(columns, rows) {
  const scroller = make("div", "drilled");
  scroller.tabIndex = 0;
  scroller.append(tableOf(columns.map(({ title }) => title), rows.map((row) => columns.map(({ key }) => row[key] ?? ""))));
  return scroller;
}
