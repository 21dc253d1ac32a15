// Whether somebody is at this page. What a page asks for by itself keeps no session alive.

const HERE_MS = 60000;

let at = performance.now(); // of the last touch; to open the page is one

for (const kind of ["pointerdown", "keydown", "wheel"]) {
  addEventListener(kind, () => { at = performance.now(); }, { capture: true, passive: true });
}

/** The headers that say so of a request. */
export const hand = () => (performance.now() - at < HERE_MS ? {} : { "X-Unattended": "1" });
