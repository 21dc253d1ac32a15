// Asking the server, and telling it to change something.

import { hand } from "./hand.js";
import { page } from "./page.js";

const PATIENCE_MS = 20000;

/** Answers the JSON of a path. Throws {code, message, status} for an answer that is an error, with
 * status 0 and the code "network" when nobody answered. */
export const get = (path) => send("GET", path);

/** As `get`, with a method and a body, which becomes JSON. */
export async function send(method, path, body) {
  const answer = await reach(method, path, body);
  const said = await answer.json().catch(() => null);
  if (answer.ok) return said;
  const { code = "server.fault", message = answer.statusText, ...facts } = said?.error ?? {};
  if (code === "access.login") signedOut();
  throw { ...facts, code, message, status: answer.status };
}

async function reach(method, path, body) {
  const headers = { Accept: "application/json", ...hand() };
  if (method !== "GET") headers["X-CSRFToken"] = page.csrf;
  if (body !== undefined) headers["Content-Type"] = "application/json";
  const language = `${path.includes("?") ? "&" : "?"}lang=${page.language}`;
  const options = { method, headers, signal: AbortSignal.timeout(PATIENCE_MS) };
  if (body !== undefined) options.body = JSON.stringify(body);
  try {
    return await fetch(path + language, options);
  } catch (error) {
    throw { code: "network", message: String(error.message ?? error), status: 0 };
  }
}

/** The address of the login page, which leads back here. */
export function signInAddress() {
  const here = encodeURIComponent(location.pathname + location.search);
  const language = page.language === "zh" ? "" : `lang=${page.language}&`;
  return `/login?${language}next=${here}`;
}

/** The session has ended: to the login page, and back here afterwards. */
const signIn = () => location.assign(signInAddress());

let signedOut = signIn;
/** What a page does in the place of leaving at once when its session has ended. */
export const whenSignedOut = (does) => { signedOut = does; };
