// Measures every box of a wall; answers what is wrong, one sentence each.
() => {
  const faults = [];
  const tell = (kind, element, more = "") =>
    faults.push(`${kind}: ${element.className || element.tagName} "${(element.textContent || "").slice(0, 40)}" ${more}`);
  const width = innerWidth, height = innerHeight;
  const root = document.documentElement;
  if (root.scrollWidth > width || root.scrollHeight > height) tell("scrollbar", root, `${root.scrollWidth}x${root.scrollHeight}`);
  const shown = (e) => e.checkVisibility() && e.getClientRects().length > 0;
  const boxes = [...document.querySelectorAll("[data-panel], .tile, .replay-bar, .notices")].filter(shown);
  const rect = (e) => e.getBoundingClientRect();
  for (const box of boxes) {
    const r = rect(box);
    if (r.left < -0.5 || r.top < -0.5 || r.right > width + 0.5 || r.bottom > height + 0.5) tell("outside", box);
    if (r.width < 20 || r.height < 20) tell("crushed", box);
  }
  const panels = [...document.querySelectorAll(".panel, .tile, .top, .panel-ticker, .replay-bar, .notices")].filter(shown);
  panels.forEach((a, i) => panels.slice(i + 1).forEach((b) => {
    const [p, q] = [rect(a), rect(b)];
    if (p.left < q.right - 1 && q.left < p.right - 1 && p.top < q.bottom - 1 && q.top < p.bottom - 1)
      tell("panels overlap", a, b.className);
  }));
  const leaves = [...document.querySelectorAll("[data-wall] *")].filter(
    (e) => !e.closest("svg, .veil, .dash-graph") && shown(e) && [...e.childNodes].some((n) => n.nodeType === 3 && n.data.trim()));
  const least = height === 1080 ? 15 : 0;
  const range = document.createRange();
  for (const leaf of leaves) {
    range.selectNodeContents(leaf);
    const text = range.getBoundingClientRect();
    const frame = leaf.closest(".tile, .panel-head, .panel-body, .top, .panel-ticker, .panel, .replay-bar, .notices") ?? document.body;
    const f = rect(frame.matches(".panel-head") && getComputedStyle(leaf.closest(".note") ?? leaf).position === "absolute" ? frame.parentElement : frame);
    // A line's letters may stand in less than the font's own height.
    const air = 0.25 * parseFloat(getComputedStyle(leaf).fontSize);
    if (text.left < f.left - 7 || text.right > f.right + 7 || text.top < f.top - air || text.bottom > f.bottom + air)
      tell("text leaves its frame", leaf, `${frame.className} ${Math.round(text.right - f.right)},${Math.round(text.bottom - f.bottom)}`);
    // The longest English names of categories may end in an ellipsis beside a countdown.
    if (root.lang === "en" && leaf.matches(".who small")) continue;
    if (getComputedStyle(leaf).overflowX !== "visible" && leaf.scrollWidth > leaf.clientWidth + 1) tell("text cut", leaf);
    if (parseFloat(getComputedStyle(leaf).fontSize) < least) tell("small letters", leaf, getComputedStyle(leaf).fontSize);
  }
  for (const rows of document.querySelectorAll(".rows, .columns")) {
    if (!shown(rows)) continue;
    const host = rect(rows);
    for (const row of rows.children) {
      if (!shown(row)) continue;
      const r = rect(row);
      if (r.bottom > host.bottom + 1.5) tell("half row", row);
      const letters = parseFloat(getComputedStyle(row).fontSize);
      if (r.height < letters * 1.2) tell("low row", row, `${r.height}`);
    }
  }
  // What an element shows of its text.
  const cut = (of, element) => {
    const [text, frame] = [of.getBoundingClientRect(), rect(element)];
    return { left: Math.max(text.left, frame.left), right: Math.min(text.right, frame.right), top: text.top, bottom: text.bottom, width: text.width };
  };
  for (const group of [".top > *", ".panel-head > *", ".row > *", ".stage", ".sentences > *", ".tools > *", ".tools .group > *", ".hours > *"]) {
    const byParent = new Map();
    for (const e of document.querySelectorAll(group)) {
      if (!shown(e) || getComputedStyle(e).position === "absolute") continue;
      byParent.set(e.parentElement, [...(byParent.get(e.parentElement) ?? []), e]);
    }
    for (const siblings of byParent.values()) siblings.forEach((a, i) => siblings.slice(i + 1).forEach((b) => {
      range.selectNodeContents(a); const p = cut(range, a);
      range.selectNodeContents(b); const q = cut(range, b);
      if (p.width && q.width && p.left < q.right - 1 && q.left < p.right - 1 && p.top < q.bottom - 2 && q.top < p.bottom - 2)
        tell("texts overlap", a, b.textContent);
    }));
  }
  const labels = [...document.querySelectorAll(".map-label")].filter(shown).map((e) => [e, rect(e)]);
  labels.forEach(([a, p], i) => labels.slice(i + 1).forEach(([b, q]) => {
    if (p.left < q.right - 1.5 && q.left < p.right - 1.5 && p.top < q.bottom - 1.5 && q.top < p.bottom - 1.5)
      tell("map labels overlap", a, b.textContent);
  }));
  const empty = [...document.querySelectorAll("[data-metric]")].filter(
    (e) => shown(e) && !e.textContent && !e.closest(".map-label") && !e.matches(".rows"));
  for (const e of empty) if (e.dataset.metric !== "cases.trend") tell("unpainted", e, e.dataset.metric);
  return faults;
}
