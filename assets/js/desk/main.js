// The entry of a desk: the stage and the stream as on a wall, then the desk on them.

import * as stage from "../core/stage.js";
import * as stream from "../core/stream.js";
import * as header from "../core/header.js";
import { watchStructure } from "../core/structure.js";
import { mark } from "../core/dom.js";
import { count } from "../core/format.js";
import { coverageState } from "../core/states.js";
import { t } from "../core/page.js";
import { Desk } from "./desk.js";
import * as keys from "./keys.js";
import { paintTile } from "./queues.js";

const GRID = "desk-grid";

let desk = null;

// The tiles: their numbers come from the frame; whatever changes in it is a reason to look again.
const tiles = {
  stem: "desk",
  reads: ["cases", "whistles", "patrols", "visits", "alerts", "ticker"],
  mount: (element) => ({
    paint(panels, frame) {
      for (const number of element.querySelectorAll("[data-metric]")) {
        const coverage = number.dataset.metric === "patrols.coverage_rate";
        const state = coverage ? coverageState(panels.patrols) : undefined;
        paintTile(number.parentElement, valueOf(panels, number.dataset.metric), state);
        tellSize(number, panels);
      }
      desk?.live.moved(frame);
    },
  }),
};

/** Puts the n of a rate behind what its tile says on hover. */
function tellSize({ dataset: { of }, parentElement: tile }, panels) {
  if (!of) return;
  const n = of.split(" ").reduce((sum, name) => sum + (valueOf(panels, name) ?? 0), 0);
  mark(tile, "title", `${tile.dataset.means}\n${t("n", { n: count(n) })}`);
}

function valueOf(panels, name) {
  let value = panels;
  for (const step of name.split(".")) value = value?.[step];
  return value;
}

async function build(wall) {
  desk?.end();
  desk = null;
  const api = await gridApi();
  if (!wall.isConnected || !api) return;
  desk = new Desk(wall, api);
}

/** AG Grid's own hands, once Dash has built it. */
const gridApi = () => window.dash_ag_grid.getApiAsync(GRID);

stage.start([header, tiles], (wall) => {
  header.turn();
  stream.onWall();
  build(wall);
});
stream.listen(() => {
  header.turn();
  desk?.table.tick();
  desk?.detail.tick();
});
keys.start(() => desk?.hands);
window.addEventListener("popstate", () => desk?.follow());
watchStructure();
