// The one entry: every panel's module by name, then the stage, the stream and the kiosk.

import * as stage from "./core/stage.js";
import * as stream from "./core/stream.js";
import * as kiosk from "./core/kiosk.js";
import { askForFigures } from "./core/late.js";
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

stage.start(panels, (wall) => {
  stream.onWall();
  askForFigures(wall);
});
stream.listen(header.turn);
kiosk.start();
