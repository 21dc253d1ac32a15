// Commands that were given and are not yet seen to have come back. Each keeps its id until it is
// known what became of it: asked again with the same id it is done once.

import { send } from "../core/ask.js";
import { page, t } from "../core/page.js";
import { whyNot } from "./refusals.js";
import { failed, notice, tell, well } from "./told.js";

// Those whose fate is not known outlive the page, each account's by itself: they are nobody else's to give.
const KEPT = "cockpit.commands";
const OWN = `${KEPT}:${page.account?.id ?? ""}`;
const FIRST_PAUSE = 1000;
const LONGEST_PAUSE = 10000;
const UNKNOWN = ["command.unsure", "command.behind"];

const under = new Map(); // id → {body, state: sending | unsure | given, n}
let heard = () => {};
let over = () => {};
const ended = []; // by the answer that is being read: [{body, state, error, told}]

/** `listener({body, state, told, n})` hears what becomes of each, `ending` of those that one answer has
 * refused or left undone. Commands of which an earlier page did not hear the end are asked for again. */
export function start(listener, ending) {
  [heard, over] = [listener, ending];
  const strange = ofOthers();
  if (strange) notice("others", t("desk.others_waiting", { count: strange }));
  const kept = keptAs(OWN).filter(({ id }) => !under.has(id));
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

/** Whether any command, or this one, is under way about a subject. */
export const isUnderWay = (subject, command) =>
  [...under.values()].some(({ body }) => body.subject === subject && (!command || body.command === command));

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
  let left = [];
  try {
    const { results } = await send("POST", "/api/v1/commands", { commands: bodies });
    well();
    left = bodies.filter((body, i) => !settle(body, results[i]));
  } catch (error) {
    left = judged(bodies, error);
  }
  if (ended.length) over(ended.splice(0));
  return left;
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
    end(body, "refused", result.error);
  }
  keep();
  return true;
}

/** A whole request that failed: what is asked again, and what is over. */
function judged(bodies, error) {
  const state = ["access.login", "access.csrf"].includes(error.code) ? "unsent" : "refused";
  failed(error);
  const gone = [];
  for (const body of bodies) {
    const each = under.get(body.id);
    if (!each) continue;
    // The first refusal of one that was never in doubt is the end of it: it was not done.
    const known = each.state === "sending" && error.status && error.status < 500;
    if (known) {
      gone.push(body);
      end(body, state, error);
    } else doubt(each);
  }
  keep();
  return bodies.filter((body) => !gone.includes(body) && under.has(body.id));
}

function doubt(each) {
  if (each.state !== "unsure") tell(t("desk.unsure"));
  each.state = "unsure";
  heard({ body: each.body, state: "unsure" });
}

function end(body, state, error) {
  const told = error.code === "access.login" ? t("desk.unsent") : whyNot(error);
  under.delete(body.id);
  ended.push({ body, state, error, told });
  heard({ body, state, told });
}

const keptAs = (key) => JSON.parse(sessionStorage.getItem(key) ?? "[]");

/** How many of other accounts wait in this tab. */
function ofOthers() {
  const keys = Object.keys(sessionStorage).filter((key) => key.startsWith(KEPT) && key !== OWN);
  return keys.reduce((sum, key) => sum + keptAs(key).length, 0);
}

function keep() {
  const open = [...under.values()].filter((each) => each.state !== "given").map((each) => each.body);
  if (open.length) sessionStorage.setItem(OWN, JSON.stringify(open));
  else sessionStorage.removeItem(OWN);
}
