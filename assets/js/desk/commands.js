// Commands that were given and are not yet seen to have come back. Each keeps its id until it is
// known what became of it: asked again with the same id it is done once.

import { send } from "../core/ask.js";
import { t } from "../core/page.js";
import { whyNot } from "./refusals.js";
import { failed, tell, well } from "./told.js";

const KEPT = "cockpit.commands"; // those whose fate is not known outlive the page
const FIRST_PAUSE = 1000;
const LONGEST_PAUSE = 10000;
const UNKNOWN = ["command.unsure", "command.behind"];

const under = new Map(); // id → {body, name, state: sending | unsure | given, n}
let heard = () => {};

/** `listener({subject, state, told, n})` hears what becomes of each. Commands of which an earlier
 * page did not hear the end are asked for again. */
export function start(listener) {
  heard = listener;
  const kept = JSON.parse(sessionStorage.getItem(KEPT) ?? "[]").filter(({ id }) => !under.has(id));
  if (!kept.length) return;
  for (const body of kept) under.set(body.id, { body, state: "unsure" });
  run(kept);
}

/** Gives commands: [{command, subject, expected, reason, region, data}]. */
export function give(bodies) {
  const whole = bodies.map((body) => ({ id: crypto.randomUUID(), ...body }));
  for (const body of whole) {
    under.set(body.id, { body, state: "sending" });
    heard({ body, state: "sending" });
  }
  keep();
  return run(whole);
}

/** How many have not come back, and of how many it is not known whether they were kept. */
export function waiting() {
  const all = [...under.values()];
  return { all: all.length, unsure: all.filter((each) => each.state === "unsure").length };
}

export const isUnderWay = (subject) => [...under.values()].some(({ body }) => body.subject === subject);

/** The archive has the log up to entry `n`: what was given by then has come back. */
export function seen(n) {
  for (const [id, each] of under) {
    if (each.state !== "given" || each.n > n) continue;
    under.delete(id);
    heard({ body: each.body, state: "done", subject: each.subject });
  }
}

async function run(bodies) {
  let left = bodies;
  for (let pause = FIRST_PAUSE; left.length; pause = Math.min(pause * 2, LONGEST_PAUSE)) {
    left = await attempt(left);
    if (left.length) await new Promise((done) => setTimeout(done, pause));
  }
}

/** Sends them once; answers those to be asked again. */
async function attempt(bodies) {
  try {
    const { results } = await send("POST", "/api/v1/commands", { commands: bodies });
    well();
    return bodies.filter((body, i) => !settle(body, results[i]));
  } catch (error) {
    return judged(bodies, error);
  }
}

/** One command's result; true when its fate is known. */
function settle(body, result) {
  const each = under.get(body.id);
  if (!each) return true;
  if (!result?.error) {
    Object.assign(each, { state: "given", n: result.n, subject: result.subject });
    heard({ body, state: "given", n: result.n, subject: result.subject });
  } else if (UNKNOWN.includes(result.error.code) || result.error.code.startsWith("redis.")) {
    doubt(each);
    return false;
  } else {
    end(body, "refused", whyNot(result.error));
  }
  keep();
  return true;
}

/** A whole request that failed: what is asked again, and what is over. */
function judged(bodies, error) {
  const login = ["access.login", "access.csrf"].includes(error.code);
  failed(error);
  const over = [];
  for (const body of bodies) {
    const each = under.get(body.id);
    if (!each) continue;
    // The first refusal of one that was never in doubt is the end of it: it was not done.
    const known = each.state === "sending" && error.status && error.status < 500;
    if (known) {
      over.push(body);
      end(body, login ? "unsent" : "refused", login ? t("desk.unsent") : whyNot(error));
    } else doubt(each);
  }
  keep();
  return bodies.filter((body) => !over.includes(body) && under.has(body.id));
}

function doubt(each) {
  if (each.state !== "unsure") tell(t("desk.unsure"));
  each.state = "unsure";
  heard({ body: each.body, state: "unsure" });
}

function end(body, state, told) {
  under.delete(body.id);
  heard({ body, state, told });
}

function keep() {
  const open = [...under.values()].filter((each) => each.state !== "given").map((each) => each.body);
  if (open.length) sessionStorage.setItem(KEPT, JSON.stringify(open));
  else sessionStorage.removeItem(KEPT);
}
