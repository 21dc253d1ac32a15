// The day in AG Grid's filters, typed as everywhere on the desk whatever language the browser speaks.

import { momentPart, readDay } from "../core/day_fields.js";
import { make, mark } from "../core/dom.js";
import { t } from "../core/page.js";

/** AG Grid's date component. It hands over dates at the browser's own midnight, and wants them so. */
export class DayFilter {
  init({ onDateChanged }) {
    this.input = momentPart("day");
    this.input.classList.add("day-filter");
    this.element = make("div", "day-filter-of");
    this.element.append(this.input);
    this.input.addEventListener("input", () => {
      const wrong = this.input.value.trim() && readDay(this.input.value) === null;
      this.input.setCustomValidity(wrong ? t("field.day") : "");
      onDateChanged();
    });
    // Said only once somebody has written to the end.
    this.input.addEventListener("change", () => this.tell());
  }

  tell() {
    const { validationMessage: said } = this.input;
    this.element.querySelector(".wrong")?.remove();
    if (said) this.element.append(make("small", "wrong is-late", said));
    mark(this.input, "aria-invalid", said ? "true" : null);
  }

  getGui() { return this.element; }

  getDate() {
    const day = readDay(this.input.value);
    return day ? new Date(`${day}T00:00:00`) : null;
  }

  setDate(date) {
    const two = (n) => String(n).padStart(2, "0");
    this.input.value = date ? `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}` : "";
    this.input.setCustomValidity("");
    this.tell();
  }

  setInputAriaLabel(label) { this.input.setAttribute("aria-label", label); }
  setDisabled(disabled) { this.input.disabled = disabled; }
  afterGuiAttached({ suppressFocus } = {}) { if (!suppressFocus) this.input.focus(); }
}
