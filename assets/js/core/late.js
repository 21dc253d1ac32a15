// The second step: once the first numbers stand, ask Dash for the map and the trend.

import { page } from "./page.js";

const PATIENCE_MS = 1500;

/** Resolves when dash-leaflet's script has run; it comes deferred. */
function leafletReady() {
  if (window.dash_leaflet) return Promise.resolve();
  const script = document.querySelector('script[src*="dash_leaflet"]');
  return new Promise((done) => {
    if (!script) window.addEventListener("DOMContentLoaded", done, { once: true });
    else script.addEventListener("load", done, { once: true });
  });
}

/** Asks when the first frame is painted, or without one after a while. */
export async function askForFigures(wall) {
  const asked = performance.now();
  const painted = () => document.documentElement.dataset.seq !== undefined;
  while (!painted() && performance.now() - asked < PATIENCE_MS) await nextFrame();
  await nextFrame();
  await leafletReady();
  if (!wall.isConnected) return;
  window.dash_clientside.set_props(page.ids.late, { data: `${wall.dataset.wall} ${asked}` });
}

const nextFrame = () => new Promise((done) => setTimeout(done, 16));
