// When a number is late or at risk, where several screens must agree.

/** Whether a count, perhaps a masked one ("<5"), is known to be more than nothing. */
export const some = (value) => value !== 0 && value !== null && value !== undefined && value !== "*";

/** The state of a count of what is overdue. People in care and special groups have a number and a
 * state each: a number is red for what it counts itself, and for nothing that stands beside it. */
export const lateState = (value) => (some(value) ? "late" : "");

/** The state of a coverage by the target and the alarm that come with it: late, risk or nothing. */
export function coverageState({ coverage_rate: rate, target_rate: target, alarm_rate: alarm }) {
  if (rate === null || rate >= target) return "";
  return rate < alarm ? "late" : "risk";
}

/** The state of a whistle's leg with `left` milliseconds to its deadline: what the frame says, but
 * late from the very deadline on, by the clock that counts beside it, and not a moment sooner. */
export function legState({ state }, left) {
  if (left < 0) return "overdue";
  return state === "overdue" ? "at_risk" : state;
}
