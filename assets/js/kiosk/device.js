// This page is a paired screen: it follows what the site gives it to show, and asks for a new code
// when it has been revoked. It hears of changes by the number that stands with every frame.

import { hand } from "../core/hand.js";
import { root } from "../core/page.js";
import * as stream from "../core/stream.js";

const PATIENCE_MS = 5000;
const LEAST_MS = 1000;
const ALONE_MS = 3000; // without frames, perhaps because it has been revoked
const SOMETIMES_MS = 60000;

let known = null; // the number that went with the last answer
let askedAt = -Infinity;
let asking = false;

/** Called twice a second; `told(pages)` gets what is to be shown. */
export function look(told) {
  const age = performance.now() - askedAt;
  const often = root.dataset.live === "live" ? SOMETIMES_MS : ALONE_MS;
  if (!asking && age > (stream.devices === known ? often : LEAST_MS)) ask(told);
}

async function ask(told) {
  asking = true;
  askedAt = performance.now();
  const number = stream.devices;
  try {
    const answer = await fetch("/api/v1/device", { headers: hand(), signal: AbortSignal.timeout(PATIENCE_MS) });
    if (answer.ok) {
      told((await answer.json()).pages);
      known = number;
    } else if (answer.status === 401 || answer.status === 403) location.replace("/pair");
  } catch {
    // The server is away: the last picture stays, and it is asked again.
  }
  asking = false;
}
