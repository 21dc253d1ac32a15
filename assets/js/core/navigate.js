// Going from wall to wall without loading the page again.

/** Goes to a region's wall; what the present address says besides stays. Dash's Location follows
 * the address on popstate. `instead`: the present address is no step to come back to. */
export function goTo(code, { instead = false } = {}) {
  const address = `/wall/${code}${location.search}`;
  if (instead) history.replaceState({}, "", address);
  else history.pushState({}, "", address);
  window.dispatchEvent(new PopStateEvent("popstate"));
}

/** One word of the address, such as the map's metric. */
export const asked = (name) => new URLSearchParams(location.search).get(name);

/** Keeps a word in the address without leaving the page; null takes it away. */
export function keep(name, value) {
  const words = new URLSearchParams(location.search);
  if (value === null) words.delete(name);
  else words.set(name, value);
  // A colon may stand in a query, and an instant is for people to read.
  const search = words.toString().replaceAll("%3A", ":");
  history.replaceState(history.state, "", location.pathname + (search ? `?${search}` : ""));
  nameLinks();
}

const LINKS = "a[data-go]";

/** Links to other walls lead to what this address shows: its moment, its metric. */
export function nameLinks() {
  for (const link of document.querySelectorAll(LINKS)) link.href = `/wall/${link.dataset.go}${location.search}`;
}

function clicked(event) {
  const link = event.target.closest?.(LINKS);
  const plain = !event.defaultPrevented && event.button === 0;
  if (!link || !plain || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  event.preventDefault();
  goTo(link.dataset.go);
}

document.addEventListener("click", clicked);
