// When a number is late or at risk, where several screens must agree.

/** Whether a count, perhaps a masked one ("<5"), is known to be more than nothing. */
export const some = (value) => value !== 0 && value !== null && value !== undefined && value !== "*";

/** The state of overdue visits: of people in care, and of special groups, whose number stands beside. */
export const visitsState = ({ overdue }) => (some(overdue.care) || some(overdue.special) ? "late" : "");

/** The state of a coverage by the target and the alarm that come with it: late, risk or nothing. */
export function coverageState({ coverage_rate: rate, target_rate: target, alarm_rate: alarm }) {
  if (rate === null || rate >= target) return "";
  return rate < alarm ? "late" : "risk";
}
