// Fields of a form. A description is {name, label, kind: text | number | select | checks | pages,
// value, help, required, choices, options, suggested, most, min, max}; `choices` names what the layout offers,
// `options` are [value, text]. What is made of it is {name, element, value()}.

import { t } from "../core/page.js";
import { make } from "../core/dom.js";
import { pagesField } from "./playlist_field.js";

const MAKERS = { text, number, select, checks, pages };

export function fieldOf(description, prefix) {
  const id = `${prefix}-${description.name}`;
  const { control, value, beside, group = false } = MAKERS[description.kind ?? "text"](description, id);
  const element = make(group ? "fieldset" : "div", "field");
  const label = make(group ? "legend" : "label", "", description.label);
  if (!group) label.htmlFor = control.id = id;
  element.append(label, control, ...(beside ? [beside] : []));
  if (description.help) {
    const help = element.appendChild(make("small", "quiet", description.help));
    help.id = `${id}-help`;
    control.setAttribute("aria-describedby", help.id);
  }
  return { name: description.name, element, value };
}

function text({ value = "", required = true, most = 200, suggested = [] }, id) {
  const control = Object.assign(make("input"), { type: "text", value, required, maxLength: most, autocomplete: "off", spellcheck: false });
  if (!suggested.length) return { control, value: () => control.value.trim() };
  const list = Object.assign(make("datalist"), { id: `${id}-suggested` });
  list.append(...suggested.map((each) => Object.assign(make("option"), { value: each })));
  control.setAttribute("list", list.id);
  return { control, value: () => control.value.trim(), beside: list };
}

function number({ value = 0, min = 0, max = 1000000 }) {
  const control = Object.assign(make("input"), { type: "number", value, min, max, required: true });
  return { control, value: () => control.valueAsNumber };
}

function select({ value = "", choices, options = [], none = "" }) {
  const control = choices ? choicesOf(choices) : make("select");
  control.append(...options.map(([id, words]) => new Option(words, id)));
  if (none) control.prepend(new Option(none, ""));
  control.value = value;
  if (control.selectedIndex < 0) control.selectedIndex = 0;
  return { control, value: () => control.value };
}

/** Several of many, under the headings of their groups; none of them means all, which the help says.
 * `coded`: what is chosen has a code that whoever makes keys should see. */
function checks({ value = [], choices, coded = false }) {
  const control = make("div", coded ? "checks coded" : "checks");
  const boxes = [];
  for (const { label: head, children } of choicesOf(choices).querySelectorAll("optgroup")) {
    const group = control.appendChild(make("div", "group"));
    group.setAttribute("role", "group");
    group.setAttribute("aria-label", head);
    group.append(make("b", "", head));
    for (const { value: name, text: words } of children) {
      const label = group.appendChild(make("label"));
      const box = Object.assign(make("input"), { type: "checkbox", value: name, checked: value.includes(name) });
      const said = make("span", "", words);
      label.title = coded ? `${words} ${name}` : words;
      if (coded) said.append(make("small", "", name));
      label.append(box, said);
      boxes.push(box);
    }
  }
  return { control, group: true, value: () => boxes.filter(({ checked }) => checked).map(({ value: name }) => name) };
}

function pages({ value }) {
  const { element, read } = pagesField(value);
  return { control: element, group: true, value: read };
}

/** A select with what the page's layout offers by this name. */
export function choicesOf(name) {
  const offered = document.querySelector(`[data-choices="${name}"] select`);
  const control = make("select");
  control.append(...[...offered.children].map((each) => each.cloneNode(true)));
  return control;
}

/** Chosen values in words, by their groups: a group of which all are chosen is told by its name. */
export function chosenWords(choices, values) {
  const groups = [...document.querySelectorAll(`[data-choices="${choices}"] optgroup`)];
  return groups.map(({ label: head, children }) => {
    const found = [...children].filter(({ value }) => values.includes(value)).map(({ text: words }) => words);
    if (!found.length) return "";
    return t("manage.group", { head, items: found.length === children.length ? t("manage.keys.all") : found.join(t("manage.comma")) });
  }).filter(Boolean).join(t("manage.semicolon"));
}

/** The text of a choice, the value itself when there is none such. */
export function choiceText(name, value) {
  const found = document.querySelector(`[data-choices="${name}"] option[value="${CSS.escape(value)}"]`);
  return found?.textContent ?? value;
}

/** An input in the place that a layout keeps for it. */
export function slotInput(place, name, heard) {
  const input = Object.assign(make("input"), { type: "search", maxLength: 100, placeholder: t(`manage.field.${name}`) });
  input.setAttribute("aria-label", t(`manage.field.${name}`));
  input.addEventListener("input", heard);
  place.querySelector(`[data-field="${name}"]`).replaceChildren(input);
  return input;
}
