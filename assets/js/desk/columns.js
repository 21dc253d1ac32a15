// AG Grid's columns of a kind of rows, from the table that came with the page.

import { has, rem, t } from "../core/page.js";
import { DayFilter } from "./day_filter.js";
import { cellClass, say } from "./words.js";

const FILTERS = { text: "agTextColumnFilter", number: "agNumberColumnFilter", date: "agDateColumnFilter" };
const OPTIONS = {
  text: ["contains", "notContains", "equals", "startsWith"],
  number: ["equals", "greaterThan", "lessThan"],
  date: ["equals", "greaterThan", "lessThan", "inRange"],
};
export const MARKS = ["sending", "given", "unsure", "unsent", "refused", "done", "moved"];

/** The columns of these descriptions; `sort` as "column:asc,…". */
export function columnsOf(described, sort) {
  const sorted = sort.split(",").filter(Boolean).map((each) => each.split(":"));
  return [markColumn(), ...described.map((each) => columnOf(each, sorted))];
}

function markColumn() {
  return {
    colId: "mark",
    headerName: t("desk.column.mark"),
    valueGetter: ({ data }) => (data?.mark ? t(`desk.mark.${data.mark}`) : ""),
    cellClass: "mark",
    tooltipValueGetter: ({ data }) => data?.markTold ?? null,
    width: 8.4 * rem(),
    sortable: false,
    resizable: false,
    suppressMovable: true,
  };
}

function columnOf({ key, form, width, grows, filter, wide }, sorted) {
  const place = sorted.findIndex(([name]) => name === key);
  return {
    colId: key,
    field: key,
    headerName: t(`desk.column.${key}`),
    headerTooltip: has(`desk.means.column.${key}`) ? t(`desk.means.column.${key}`) : undefined,
    valueFormatter: ({ value, data }) => (data ? say(form, value, data) : ""),
    tooltipValueGetter: ({ value, data }) => (data ? say(form, value, data) : null),
    // The text of a deadline changes with the clock and with the row's state, its value does not.
    equals: form === "due" || form === "stage" || form === "leg" ? () => false : undefined,
    cellClass: ({ data }) => cellClass(form, data),
    width: width * rem(),
    minWidth: Math.min(width, key === "key" ? 21 : 12) * rem(),
    context: { wide },
    flex: grows ? width : undefined,
    sort: place >= 0 ? sorted[place][1] : null,
    sortIndex: place >= 0 ? place : null,
    sortable: true,
    resizable: true,
    filter: FILTERS[filter] ?? false,
    suppressHeaderFilterButton: !filter,
    dateComponent: DayFilter,
    filterParams: filter
      ? { filterOptions: OPTIONS[filter], maxNumConditions: 1, buttons: ["apply", "clear"], closeOnApply: true }
      : undefined,
  };
}
