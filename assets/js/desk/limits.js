// Time limits in the words of the page's language. What is kept and sent is as rules.toml writes it
// ("4 working hours"); what is typed may be in these words or in those.

import { page, t } from "../core/page.js";

const UNITS = ["minutes", "hours", "working hours", "working days"];
const keyOf = (unit) => `limit.${unit.replace(" ", "_")}`;
const LEGS = ["sign", "arrive", "finish"];

/** A limit that was kept; empty for none. */
export function limitText(limit) {
  const [, count, unit] = limit?.match(/^(\d+) (.+)$/) ?? [];
  if (!UNITS.includes(unit)) return limit ?? "";
  return t(count === "1" ? `${keyOf(unit)}.one` : keyOf(unit), { count });
}

/** What was typed as it is kept, empty for none; null when it is no limit. */
export function limitOf(typed) {
  const text = typed.normalize("NFKC").trim().replace(/\s+/g, " ");
  if (!text) return "";
  for (const unit of UNITS) {
    const found = text.match(new RegExp(`^([1-9]\\d{0,3}) ?(?:${page.texts[`${keyOf(unit)}.read`]})$`, "i"));
    if (found) return `${found[1]} ${unit}`;
  }
  return null;
}

/** The limits of a kind of whistle, by leg. */
export const legsText = (limits) => t("limit.legs", Object.fromEntries(LEGS.map((leg) => [leg, limitText(limits[leg])])));
