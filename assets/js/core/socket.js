// The connection: dash-socketio's component in a React root of our own. Inside Dash every frame
// would pass through its store and wake all components of the page, some 10 ms of the main
// thread each time; the numbers are in docs/decisions.

import * as health from "./health.js";
import { page } from "./page.js";

const EVENTS = ["frame", "health"];

let root = null;
let hear = null;

/** Connects as the page at this address, anew when connected; `heard(text)` gets each frame. */
export function connect(heard) {
  hear = heard;
  const { React, ReactDOM, dash_socketio: library } = window;
  root ??= ReactDOM.createRoot(document.createElement("div"));
  // Another options object is another connection, for the address as it is now.
  const options = { ...page.socketOptions };
  root.render(React.createElement(library.DashSocketIO, { options, eventNames: EVENTS, setProps: take }));
}

function take(news) {
  if (news["data-frame"]) hear(news["data-frame"]);
  // An event without data that wants an answer comes as the function that gives it.
  if (news["data-health"]) health.asked(news["data-health"]);
  if (news.connected) health.connected();
}

/** Ends the connection. */
export function disconnect() {
  root?.render(null);
}
