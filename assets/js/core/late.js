// The second step: once the first numbers stand, ask Dash for the map and the trend.

import { page } from "./page.js";

const PATIENCE_MS = 1500;
const AGAIN_MS = 10000;

let leaflet = null;

/** Loads dash-leaflet's script, once it could be had; tells whether it is there. */
function loadLeaflet() {
  leaflet ??= new Promise((done) => {
    const script = document.createElement("script");
    script.src = page.leaflet;
    script.addEventListener("load", () => done(true), { once: true });
    script.addEventListener("error", () => {
      leaflet = null;
      done(false);
    }, { once: true });
    document.head.append(script);
  });
  return leaflet;
}

/** Until the first frame is painted, or without one for a while. */
async function firstPicture() {
  const begun = performance.now();
  const painted = () => document.documentElement.dataset.seq !== undefined;
  while (!painted() && performance.now() - begun < PATIENCE_MS) await pause(16);
  await pause(16);
}

/** Loads what can wait for the first picture; again while the server does not give it. */
export async function afterFirstPicture(load) {
  await firstPicture();
  while (!(await load().then(() => true, () => false))) await pause(AGAIN_MS);
}

/** Asks when the first frame is painted, or without one after a while; again while the map does
 * not come, for the server may have died in between. */
export async function askForFigures(wall) {
  await firstPicture();
  while (wall.isConnected && !wall.querySelector(".leaflet-container")) {
    if ((await loadLeaflet()) && wall.isConnected) {
      const asked = `${wall.dataset.wall} ${performance.now()}`;
      window.dash_clientside.set_props(page.ids.late, { data: asked });
    }
    await pause(AGAIN_MS);
  }
}

const pause = (ms) => new Promise((done) => setTimeout(done, ms));
