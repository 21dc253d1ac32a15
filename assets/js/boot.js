// The one entry: every panel's module by name, then the stage, the stream, the time machine and the
// kiosk; what an unattended wall needs besides comes after the first picture.

import * as stage from "./core/stage.js";
import * as stream from "./core/stream.js";
import * as kiosk from "./core/kiosk.js";
import * as replay from "./core/replay.js";
import * as bar from "./core/replay_bar.js";
import * as face from "./core/replay_face.js";
import * as keys from "./core/replay_keys.js";
import { afterFirstPicture, askForFigures } from "./core/late.js";
import { nameLinks } from "./core/navigate.js";
import { watchStructure } from "./core/structure.js";
import * as header from "./core/header.js";
import * as ages from "./panels/ages.js";
import * as alerts from "./panels/alerts.js";
import * as channels from "./panels/channels.js";
import * as compare from "./panels/compare.js";
import * as departments from "./panels/departments.js";
import * as grids from "./panels/grids.js";
import * as headline from "./panels/headline.js";
import * as loop from "./panels/loop.js";
import * as map from "./panels/map.js";
import * as patrol from "./panels/patrol.js";
import * as people from "./panels/people.js";
import * as rates from "./panels/rates.js";
import * as ticker from "./panels/ticker.js";
import * as trend from "./panels/trend.js";
import * as whistles from "./panels/whistles.js";

const panels = [
  header, headline, loop, trend, channels, map, patrol, compare, grids, ages, whistles,
  departments, alerts, people, rates, ticker,
];

function turn() {
  header.turn();
  face.tell();
  bar.show();
}

replay.start(turn);
stage.start(panels, (wall) => {
  nameLinks();
  bar.onWall(wall);
  if (!replay.onWall()) stream.onWall();
  turn();
  askForFigures(wall);
});
stream.listen(turn);
keys.start();
kiosk.start();
watchStructure();
afterFirstPicture(() => import("./kiosk/start.js"));
