// Scheduled briefs of a month, to be taken home: on a meeting's page and on a desk.

import { get } from "./ask.js";
import { make, tableOf } from "./dom.js";
import { t } from "./page.js";

const NAMES = { pptx: "PowerPoint", xlsx: "Excel" };
const HEADS = ["kind", "region", "period.head", "files"];

/** Shows in an element the briefs of a region and what lies in it: those of the newest month, and
 * of another that is chosen. */
export function showBriefs(host, region) {
  const choice = make("label", "", t("briefs.month"));
  const months = choice.appendChild(make("select"));
  const list = make("div");
  let asked = 0;
  const read = async (month) => {
    const mine = (asked += 1);
    say(list, t("briefs.loading"));
    try {
      const found = await get(`/api/v1/papers?region=${region}&month=${month}`);
      if (mine !== asked) return;
      offer(months, found);
      choice.hidden = !found.months.length;
      if (found.briefs.length) list.replaceChildren(tableOf(HEADS.map((name) => t(`briefs.${name}`)), found.briefs.map(cells)));
      else say(list, none(found));
    } catch ({ code, message }) {
      if (mine === asked) say(list, t("briefs.failed", { message: code === "network" ? t("ask.problem.network") : message }));
    }
  };
  choice.hidden = true;
  months.addEventListener("change", () => read(months.value));
  host.replaceChildren(choice, list);
  return read("");
}

const say = (list, words) => list.replaceChildren(make("p", "quiet", words));

/** Why there are none: of such a place, on this site, or not yet. */
function none({ made, time }) {
  if (!made) return t("briefs.none.region");
  return time ? t("briefs.none.yet", { time }) : t("briefs.none.off");
}

function offer(months, found) {
  months.replaceChildren(...found.months.map((month) => make("option", "", month)));
  months.value = found.month;
}

function cells(brief) {
  const links = make("span", "files");
  for (const { id, format } of brief.files) {
    const link = links.appendChild(make("a", "", NAMES[format]));
    link.href = `/api/v1/papers/${id}`;
    link.setAttribute("download", "");
  }
  const period = brief.first === brief.last ? brief.first : t("briefs.period", brief);
  return [t(`briefs.kind.${brief.kind}`), brief.name, period, links];
}
