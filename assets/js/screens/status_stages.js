// The way of the data: each stage with its state, its lag and a few figures.

import { t } from "../core/page.js";
import { GOOD, LATE, RISK, make, mark, write } from "../core/dom.js";
import { age, bytes, number, rate } from "./status_words.js";

const SIGNS = { good: GOOD, risk: RISK, late: LATE, none: "○" };
const CLASSES = { good: "is-good", risk: "is-risk", late: "is-late", none: "quiet" };

// Of each stage its figures in order: a name, or a function of (figures, rate of a counter).
const FACTS = {
  sources: { count: null, late: null, missed: null },
  intake: { accepted: "rate", rejected: null, gaps: null },
  log: { length: null, head: null, memory: "memory" },
  projector: { seq: null, frames: "rate", standby: null },
  archive: { seq: null, lag_entries: null, commit_ms: "ms" },
  serve: { processes: null, relayed: "rate", skipped: null },
  screens: { total: null, not_live: null, skipped: null },
};

export function paintStages(place, status, rates) {
  for (const stage of status.stages) {
    const element = place.querySelector(`[data-stage="${stage.name}"]`);
    const before = rates?.before.stages.find(({ name }) => name === stage.name);
    mark(element, "data-state", stage.state);
    paintLag(element.querySelector(".lag"), stage, status);
    paintFacts(element.querySelector(".facts"), stage, before, rates?.seconds);
  }
}

function paintLag(element, { name, state, lag_ms: lag, figures }, status) {
  for (const [each, className] of Object.entries(CLASSES)) element.classList.toggle(className, each === state);
  const sign = SIGNS[state];
  mark(element, "data-value", lag ?? "");
  if (name === "log") write(element, `${sign} ${share(figures)}`);
  else if (name === "intake") write(element, `${sign} ${t(intakeWord(figures, status))}`);
  else write(element, lag === null ? `${sign} ${t(state === "late" ? "status.away" : "none")}` : `${sign} ${age(lag)}`);
}

const share = ({ memory, limit }) => (limit ? t("percent", { value: ((memory / limit) * 100).toFixed(0) }) : bytes(memory));

function intakeWord({ active, refusing }, { faults }) {
  if (refusing || faults.includes("log.full")) return "status.refusing";
  return active ? "status.taking" : "status.away";
}

function paintFacts(host, stage, before, seconds) {
  host.facts ??= Object.keys(FACTS[stage.name]).map((name) => {
    const value = make("b");
    value.dataset.figure = name;
    host.append(make("span", "", t(`status.fact.${stage.name}.${name}`)), value);
    return value;
  });
  for (const element of host.facts) {
    const name = element.dataset.figure;
    const value = stage.figures[name];
    mark(element, "data-value", value ?? "");
    write(element, written(FACTS[stage.name][name], value, stage.figures, before?.figures[name], seconds));
  }
}

function written(form, value, figures, before, seconds) {
  if (value === undefined) return t("none");
  if (form === "rate") return rate(value, before, seconds);
  if (form === "memory") return figures.limit ? `${bytes(value)} / ${bytes(figures.limit)}` : bytes(value);
  if (form === "ms") return t("status.ms", { value: number(value) });
  return number(value);
}
