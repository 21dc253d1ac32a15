// The address is the whole state of a desk: the queue or the subject in its path; sort, filters
// and search in its query.

import { page } from "../core/page.js";

const KINDS = ["case", "whistle", "person", "alert"];

/** What the address asks for: {region, queue, kind, key, sort: "column:asc,…", filters, search}. */
export function read() {
  const [, , region, first, ...rest] = location.pathname.split("/");
  const words = new URLSearchParams(location.search);
  const subject = KINDS.includes(first) && rest.length > 0;
  return {
    region,
    queue: (subject ? words.get("queue") : decodeURIComponent(first ?? "")) || "",
    kind: subject ? first : "",
    key: subject ? decodeURIComponent(rest.join("/")) : "",
    sort: words.get("sort") ?? "",
    filters: parsed(words.get("filter")),
    search: words.get("search") ?? "",
  };
}

function parsed(text) {
  try {
    const found = JSON.parse(text ?? "{}");
    return found && typeof found === "object" && !Array.isArray(found) ? found : {};
  } catch {
    return {};
  }
}

/** The address that says this. */
export function hrefOf({ region, queue, kind, key, sort, filters, search }) {
  const words = new URLSearchParams();
  if (page.language !== "zh") words.set("lang", page.language);
  if (kind && queue) words.set("queue", queue);
  if (sort) words.set("sort", sort);
  if (Object.keys(filters ?? {}).length) words.set("filter", JSON.stringify(filters));
  if (search) words.set("search", search);
  const tail = kind ? `/${kind}/${encodeURIComponent(key)}` : queue ? `/${queue}` : "";
  const query = words.toString().replaceAll("%3A", ":").replaceAll("%2C", ",");
  return `/desk/${region}${tail}${query ? `?${query}` : ""}`;
}

/** Makes a link lead to what is shown, in the other language. */
export function inOtherLanguage(link) {
  const words = new URLSearchParams(location.search);
  if (page.language === "zh") words.set("lang", "en");
  else words.delete("lang");
  link.href = `${location.pathname}${words.size ? `?${words}` : ""}`;
}

/** Writes what the page shows into the address; `step`: one to come back to. */
export function write(state, step) {
  const href = hrefOf(state);
  if (href === location.pathname + location.search) return;
  // Not told to Dash: nothing of its structure depends on it.
  if (step) history.pushState({}, "", href);
  else history.replaceState(history.state, "", href);
}
