// What the server has to tell every screen: one line under the header, while it lasts.

import { has, t } from "./page.js";
import { RISK, write } from "./dom.js";

/** Shows the notices of these codes; one without a text by its code. */
export function tellNotices(codes) {
  const line = document.querySelector(".notices");
  if (!line) return;
  line.hidden = !codes.length;
  write(line, codes.map((code) => `${RISK} ${has(`notice.${code}`) ? t(`notice.${code}`) : code}`).join("  "));
}
