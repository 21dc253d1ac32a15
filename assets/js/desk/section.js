// A part of a subject's detail under its heading.

import { t } from "../core/page.js";
import { make } from "../core/dom.js";

export function section(name) {
  const part = make("section", `of-${name}`);
  part.append(make("h3", "", t(`desk.${name}`)));
  return part;
}
