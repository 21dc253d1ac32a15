// An unpaired screen: shows its code, and goes to its first page once an operator has entered it. The
// screen's own secret stands in a cookie that no script sees.

import { page, t } from "../core/page.js";
import { mark, write } from "../core/dom.js";

const LOOK_MS = 2000;
const PATIENCE_MS = 5000;
// A code that the server has given up for another one is not shown for longer than this.
const CODE_MS = 20000;

let codeAt = -Infinity; // when the code was last told, by the page's monotonic clock

/** What the server answers; null while it is away or cannot say. */
async function ask(method) {
  try {
    const answer = await fetch("/api/v1/pairing", { method, signal: AbortSignal.timeout(PATIENCE_MS) });
    return answer.ok ? await answer.json() : null;
  } catch {
    return null;
  }
}

function show(code) {
  codeAt = performance.now();
  const box = document.querySelector(".pairing .code");
  const places = box.querySelectorAll(".place");
  [...code].forEach((letter, i) => write(places[i], letter));
  mark(box, "aria-label", t("pair.code", { code: [...code].join(" ") }));
  mark(box, "data-code", code);
}

function tell(away) {
  const line = document.querySelector(".pairing .left");
  line.classList.toggle("is-risk", away);
  document.querySelector(".pairing .code").classList.toggle("old", away);
  write(line, t(away ? "pair.away" : "pair.holds"));
}

async function look() {
  const answer = await ask(performance.now() - codeAt > CODE_MS ? "POST" : "GET");
  if (answer?.paired) {
    const query = page.language === "zh" ? "" : `?lang=${page.language}`;
    return location.replace(answer.first + query);
  }
  if (answer?.code) show(answer.code);
  tell(answer === null);
  setTimeout(look, LOOK_MS);
}

/** Begins once Dash has built the page. */
function begin() {
  if (!document.querySelector(".pairing .code")) return false;
  look();
  return true;
}

if (!begin()) {
  const observer = new MutationObserver(() => begin() && observer.disconnect());
  observer.observe(document.getElementById("react-entry-point"), { childList: true, subtree: true });
}
