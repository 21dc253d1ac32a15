// What colleagues noted about a subject, and the field for one more.

import { t } from "../core/page.js";
import { make } from "../core/dom.js";
import { section } from "./section.js";
import { instant } from "./words.js";

/** `takes` a remark that is `done`, and hears what was `typed`; without it none may be made. What was being
 * typed is kept: [text, focused]. It stays there until the remark has come back. */
export function drawRemarks(remarks, takes, [typed, focused]) {
  const part = section("remarks");
  for (const { at, name, account, text } of remarks) {
    const item = make("div", "remark");
    item.append(make("time", "", instant(at)), make("span", "who", name || account), make("p", "", text));
    part.append(item);
  }
  if (takes) part.append(remarkForm(takes, typed, focused));
  part.hidden = !remarks.length && !takes;
  return part;
}

function remarkForm(takes, typed, focused) {
  const form = make("form", "remark-form");
  const field = make("textarea");
  field.maxLength = 1000;
  field.rows = 2;
  field.value = typed;
  field.setAttribute("aria-label", t("command.remark"));
  field.placeholder = t("desk.remark.hint");
  const button = make("button", "act", t("desk.remark.keep"));
  form.append(field, button);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (field.value.trim() && !button.disabled) takes.done(field.value.trim());
  });
  field.addEventListener("change", () => takes.typed(field.value));
  if (focused) requestAnimationFrame(() => field.focus());
  return form;
}
