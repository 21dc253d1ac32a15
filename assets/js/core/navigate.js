// Going from wall to wall without loading the page again.

/** Goes to a region's wall; what the present address says besides stays. Dash's Location follows
 * the address on popstate. */
export function goTo(code) {
  history.pushState({}, "", `/wall/${code}${location.search}`);
  window.dispatchEvent(new PopStateEvent("popstate"));
}

/** One word of the address, such as the map's metric. */
export const asked = (name) => new URLSearchParams(location.search).get(name);

/** Keeps a word in the address without leaving the page; null takes it away. */
export function keep(name, value) {
  const words = new URLSearchParams(location.search);
  if (value === null) words.delete(name);
  else words.set(name, value);
  const search = words.toString();
  history.replaceState(history.state, "", location.pathname + (search ? `?${search}` : ""));
}
