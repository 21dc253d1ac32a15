// The lines of a dialog: a label, a control, and what is said of it.

import { make } from "../core/dom.js";

/** A labelled line of the form. */
export const line = (label, control, hint = "") => lineOf("label", label, control, hint);
/** One of several controls, which have names of their own. */
export const group = (label, controls, hint) => lineOf("div", label, controls, hint);

function lineOf(tag, label, control, hint) {
  const element = make(tag, "line");
  element.append(make("span", "", label), control);
  if (hint) element.append(make("small", "", hint));
  return element;
}

/** One of [value, text]. */
export function select(options, required = true) {
  const control = make("select");
  control.required = required;
  for (const [value, text] of options) {
    const option = make("option", "", text);
    option.value = value;
    control.append(option);
  }
  return control;
}
