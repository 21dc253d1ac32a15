// The entry of a meeting's page: the frames of the region's wall, painted large; the time machine;
// pages to turn.

import * as header from "../core/header.js";
import * as replay from "../core/replay.js";
import * as bar from "../core/replay_bar.js";
import * as face from "../core/replay_face.js";
import * as stage from "../core/stage.js";
import * as stream from "../core/stream.js";
import { watchStructure } from "../core/structure.js";
import * as dialogs from "./dialogs.js";
import * as drill from "./drill.js";
import * as panel from "./panel.js";
import * as paper from "./paper.js";
import * as tools from "./tools.js";
import * as turn from "./turn.js";

function show() {
  header.turn();
  face.tell();
  bar.show();
  tools.tell();
  paper.tell();
}

replay.start(show);
stage.start([header, panel], (wall) => {
  bar.onWall(wall);
  for (const part of [paper, dialogs, turn, tools, drill]) part.onMeeting(wall);
  if (!replay.onWall()) stream.onWall();
  show();
});
stream.listen(show);
watchStructure();
