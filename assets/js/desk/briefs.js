// The briefs of the desk's region, in a dialog.

import { showBriefs } from "../core/briefs.js";
import { t } from "../core/page.js";
import { make } from "../core/dom.js";

/** Opens their list in a dialog's element. */
export function openBriefs(element, region) {
  if (document.querySelector("dialog[open]")) return;
  const heading = make("h2", "", t("briefs.title"));
  heading.id = "desk-briefs-name";
  element.setAttribute("aria-labelledby", heading.id);
  const list = make("div", "briefs drilled");
  list.tabIndex = 0;
  const close = make("button", "act", t("desk.close"));
  close.addEventListener("click", () => element.close());
  element.replaceChildren(heading, list, close);
  element.showModal();
  showBriefs(list, region);
}
