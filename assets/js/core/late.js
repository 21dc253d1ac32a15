// The second step: once the first numbers stand, ask Dash for the map and the trend.

import { page } from "./page.js";

const PATIENCE_MS = 1500;

let leaflet = null;

/** Loads dash-leaflet's script, once. */
function loadLeaflet() {
  leaflet ??= new Promise((done) => {
    const script = document.createElement("script");
    script.src = page.leaflet;
    script.addEventListener("load", done, { once: true });
    document.head.append(script);
  });
  return leaflet;
}

/** Asks when the first frame is painted, or without one after a while. */
export async function askForFigures(wall) {
  const asked = performance.now();
  const painted = () => document.documentElement.dataset.seq !== undefined;
  while (!painted() && performance.now() - asked < PATIENCE_MS) await nextFrame();
  await nextFrame();
  await loadLeaflet();
  if (!wall.isConnected) return;
  window.dash_clientside.set_props(page.ids.late, { data: `${wall.dataset.wall} ${asked}` });
}

const nextFrame = () => new Promise((done) => setTimeout(done, 16));
