// What a form lacks, said beside the field in the page's language: browsers speak their own.

import { LATE, make } from "./dom.js";
import { t } from "./page.js";

/** Whether all fields hold; else each that does not says why, and the first of them has the focus. The
 * form is one with `noValidate`; its fields lie in a `.line` or a `.field` each. */
export function holds(form) {
  form.querySelectorAll(".wrong").forEach((each) => each.remove());
  const wrong = [...form.elements].filter((each) => each.willValidate && (!each.validity.valid || isBlank(each)));
  wrong.forEach(say);
  wrong[0]?.focus();
  return !wrong.length;
}

const isBlank = ({ required, value }) => required && !value.trim();

function say(control) {
  const note = make("small", "wrong is-late", `${LATE} ${why(control)}`);
  note.setAttribute("role", "alert");
  control.closest(".line, .field").append(note);
  control.setAttribute("aria-invalid", "true");
  const settled = () => {
    note.remove();
    control.removeAttribute("aria-invalid");
  };
  control.addEventListener("input", settled, { once: true });
}

function why(control) {
  const { validity, min, max } = control;
  if (isBlank(control)) return t(control.tagName === "SELECT" ? "field.choose" : "field.missing");
  if (validity.customError) return control.validationMessage;
  if (validity.rangeUnderflow) return t("field.number.least", { bound: min });
  if (validity.rangeOverflow) return t("field.number.most", { bound: max });
  return t("field.incomplete");
}
