// What has just happened, newest first; as many whole sentences as fit.

import { categoryName, has, shortName, t } from "../core/page.js";
import { timeOfDay } from "../core/clock.js";
import { duration } from "../core/format.js";
import { Rows, make, write } from "../core/dom.js";

export const stem = "ticker";
export const reads = ["ticker"];
export const slow = true;

export function mount(element, { refresh }) {
  const host = element.querySelector(".sentences");
  const rows = new Rows(host, build);
  new ResizeObserver(refresh).observe(host);
  return {
    paint({ ticker }) {
      rows.show(ticker.filter((each) => has(`panel.ticker.${each.type}`)), paint);
      hideWhatIsCut(host, rows.rows);
    },
  };
}

function build() {
  const row = make("span");
  row.at = row.appendChild(make("time"));
  row.text = row.appendChild(make("span"));
  return row;
}

function paint(row, item) {
  write(row.at, timeOfDay(Date.parse(item.at)));
  const street = shortName(item.street ?? "");
  const facts = {
    place: item.community ? t("panel.ticker.place", { street, community: shortName(item.community) }) : street,
    category: item.category ? categoryName(item.category) : "",
    channel: item.channel ? t(`channel.${item.channel}`) : "",
    duration: duration(item.minutes),
    department: item.department ?? "",
    kind: item.kind ? t(`whistle.${item.kind}`) : "",
    level: item.level ?? "",
  };
  write(row.text, t(`panel.ticker.${item.type}`, facts));
}

function hideWhatIsCut(host, rows) {
  const end = host.getBoundingClientRect().right;
  const over = rows.filter((row) => !row.hidden && row.getBoundingClientRect().right > end + 0.5);
  for (const row of over) row.hidden = true;
}
