// An unpaired screen: shows its code, and goes to its first page once an operator has entered it. The
// screen's own secret stands in a cookie that no script sees.

import { page, t } from "../core/page.js";
import { mark, write } from "../core/dom.js";

const LOOK_MS = 2000;
const PATIENCE_MS = 5000;

let ends = null; // when the code ends, by the page's monotonic clock

/** What the server answers; null while it is away or cannot say. */
async function ask(method) {
  try {
    const answer = await fetch("/api/v1/pairing", { method, signal: AbortSignal.timeout(PATIENCE_MS) });
    return { known: answer.status !== 404, ...(answer.ok ? await answer.json() : null), ok: answer.ok };
  } catch {
    return null;
  }
}

function show(answer) {
  if (!answer?.code) return;
  const places = document.querySelectorAll(".pair .place");
  [...answer.code].forEach((letter, i) => write(places[i], letter));
  mark(document.querySelector(".pair .code"), "aria-label", t("pair.code", { code: [...answer.code].join(" ") }));
  mark(document.querySelector(".pair .code"), "data-code", answer.code);
  ends = performance.now() + answer.seconds * 1000;
}

function tell(away) {
  const line = document.querySelector(".pair .left");
  line.classList.toggle("is-risk", away);
  document.querySelector(".pair .code").classList.toggle("old", away);
  const minutes = Math.max(1, Math.ceil((ends - performance.now()) / 60000));
  write(line, away ? t("pair.away") : ends === null ? t("pair.waiting") : t("pair.left", { minutes }));
}

async function look() {
  const over = ends === null || performance.now() > ends;
  const answer = await ask(over ? "POST" : "GET");
  if (answer?.paired) return location.replace(answer.first + (page.language === "zh" ? "" : `?lang=${page.language}`));
  if (answer && !answer.known) ends = null; // the server has lost it: another code
  show(answer);
  tell(!answer?.ok);
  setTimeout(look, LOOK_MS);
}

/** Begins once Dash has built the page. */
function begin() {
  if (!document.querySelector(".pair .code")) return false;
  look();
  return true;
}

if (!begin()) {
  const observer = new MutationObserver(() => begin() && observer.disconnect());
  observer.observe(document.getElementById("react-entry-point"), { childList: true, subtree: true });
}
