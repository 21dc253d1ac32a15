// Whether what is done was done in time, as the ledger judged it (docs/metrics.md), and by how much.

import { t } from "../core/page.js";
import { instant, stretch, SYMBOLS } from "./words.js";

// By kind: the instant, the judgement, and the leg that ended then ("" for any).
const JUDGED = {
  case: [["closed", "on_time", ""]],
  whistle: [["arrived", "arrived_on_time", "arrive"], ["resolved", "finished_on_time", "finish"]],
};

/** [{field, text, late}] of what a subject has reached. By how much is told where the deadline in force
 * then (the leg's, which says it) is the one that was judged by, and ran. */
export function outcomesOf(kind, row, legs) {
  return (JUDGED[kind] ?? []).filter(([field]) => row[field]).map(([field, judged, name]) => {
    const late = row[judged] === false;
    const at = instant(row[field]);
    const { due } = legs.findLast((leg) => leg.end === row[field] && (!name || leg.name === name)) ?? {};
    if (row[judged] === null) return { field, late, text: at };
    const word = `desk.was_${late ? "late" : "in_time"}`;
    const time = stretch(Date.parse(row[field]) - Date.parse(due ?? row[field]));
    const text = due ? t(`${word}_by`, { time }) : t(word);
    return { field, late, text: `${at} ${late ? SYMBOLS.overdue : SYMBOLS.in_time} ${text}` };
  });
}
