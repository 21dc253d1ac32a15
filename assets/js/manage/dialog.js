// Questions to the person: a form, a confirmation before something ends, a secret shown once. All are
// the browser's own dialogs: the focus stays within, Escape leaves.

import { t } from "../core/page.js";
import { LATE, make } from "../core/dom.js";
import { holds } from "../core/validity.js";
import { fieldOf } from "./fields.js";

let number = 0;

function open(title, className = "") {
  const dialog = make("dialog", `ask ${className}`);
  number += 1;
  const heading = dialog.appendChild(make("h2", "", title));
  heading.id = `dialog-${number}`;
  dialog.setAttribute("aria-labelledby", heading.id);
  dialog.addEventListener("close", () => dialog.remove());
  document.querySelector(".manage").append(dialog);
  return dialog;
}

function button(text, className, type = "button") {
  return Object.assign(make("button", className, text), { type });
}

function foot(dialog, body, yes, className = "main") {
  const row = body.appendChild(make("div", "foot"));
  const no = row.appendChild(button(t("manage.cancel"), "tool"));
  no.addEventListener("click", () => dialog.close());
  return row.appendChild(button(yes, `tool ${className}`, "submit"));
}

/** A form. `fields`: see fields.js; `send(values)` is awaited, and what it throws is said in the
 * form, which stays. Answers after it closed: what `send` answered, or null when it was left. */
export function form({ title, fields, yes, send, note = "" }) {
  const dialog = open(title);
  const body = dialog.appendChild(Object.assign(make("form"), { noValidate: true }));
  if (note) body.append(make("p", "quiet", note));
  const made = fields.map((each) => fieldOf(each, `dialog-${number}`));
  body.append(...made.map(({ element }) => element));
  const fault = body.appendChild(make("p", "fault"));
  fault.setAttribute("role", "alert");
  const submit = foot(dialog, body, yes);
  let answer = null;
  body.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (!holds(body)) return;
    submit.disabled = true;
    fault.textContent = "";
    try {
      answer = (await send(Object.fromEntries(made.map(({ name, value }) => [name, value()])))) ?? {};
      dialog.close();
    } catch (error) {
      fault.textContent = `${LATE} ${error.message}`;
    }
    submit.disabled = false;
  });
  return closed(dialog, () => answer);
}

/** Whether the person wants something that cannot be taken back. */
export function confirm(title, text, yes) {
  const dialog = open(title, "danger");
  const body = dialog.appendChild(make("form"));
  body.append(make("p", "", text));
  foot(dialog, body, yes, "danger");
  let sure = false;
  body.addEventListener("submit", (event) => {
    event.preventDefault();
    sure = true;
    dialog.close();
  });
  return closed(dialog, () => sure);
}

/** Shows a secret, this once. */
export function reveal(title, text, secret) {
  const dialog = open(title);
  const body = dialog.appendChild(make("form"));
  const shown = make("output", "secret", secret);
  body.append(make("p", "", text), shown);
  const row = body.appendChild(make("div", "foot"));
  const copy = row.appendChild(button(t("manage.copy"), "tool"));
  copy.addEventListener("click", () => navigator.clipboard?.writeText(secret).then(() => (copy.textContent = t("manage.copied"))));
  row.append(button(t("manage.kept"), "tool main", "submit"));
  body.addEventListener("submit", (event) => {
    event.preventDefault();
    dialog.close();
  });
  return closed(dialog, () => null);
}

function closed(dialog, answer) {
  dialog.showModal();
  return new Promise((done) => dialog.addEventListener("close", () => done(answer()), { once: true }));
}
