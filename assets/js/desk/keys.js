// The keyboard of a desk. Letters mean commands; while somebody types into a field they are letters.

const TYPING = "input, textarea, select, [contenteditable]";

/** Begins to listen, once for a page: `desk()` is the desk on show, or null. */
export function start(desk) {
  window.addEventListener("keydown", (event) => {
    const now = desk();
    if (!now || event.defaultPrevented || event.isComposing) return;
    if (handle(now, event)) event.preventDefault();
  }, true);
}

/** Answers whether the key was for the desk. */
function handle(desk, event) {
  const { key } = event;
  if ((event.ctrlKey || event.metaKey) && key.toLowerCase() === "k") return desk.palette();
  if (event.ctrlKey || event.metaKey || event.altKey || desk.asking()) return false;
  const typing = event.target.matches?.(TYPING) && !event.target.matches('[type="checkbox"]');
  if (key === "Escape") return desk.escape(typing ? event.target : null);
  if (typing) return key === "Enter" && event.target.matches(".list-tools input") ? desk.toTable() : false;
  if (key === "Enter") return desk.inTable(event.target) && desk.openFocused();
  const plain = PLAIN[key];
  if (plain) return plain(desk, event);
  if (/^[1-9]$/.test(key)) return desk.goDigit(Number(key));
  if (/^[a-z]$/.test(key)) return desk.letter(key);
  return false;
}

const PLAIN = {
  j: (desk) => desk.step(1),
  k: (desk) => desk.step(-1),
  ArrowDown: (desk, { target }) => (target === document.body ? desk.step(0) : false),
  x: (desk) => desk.toggle(),
  r: (desk) => desk.renew(),
  "/": (desk) => desk.toSearch(),
  "?": (desk) => desk.keys(),
};
