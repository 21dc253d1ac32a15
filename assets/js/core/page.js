// What came with the page: texts, names of categories, ids, build.

export const page = JSON.parse(document.getElementById("cockpit").textContent);
export const root = document.documentElement;

/** The view whose frames the page shows: a desk's and a meeting's are those of their region's wall. */
export const framesView = () => `${root.dataset.view.split("/")[0]}/wall`;

/** The text of a key with its facts filled in; the key itself when there is none. */
export function t(key, facts) {
  const text = page.texts[key];
  if (text === undefined) return key;
  return facts ? text.replace(/\{([^}]+)\}/g, (_, name) => facts[name] ?? "") : text;
}

export const has = (key) => key in page.texts;
export const categoryName = (code) => page.categories[code] ?? page.categories[code?.slice(0, 2)] ?? code;

const suffix = new RegExp(page.texts["name.suffix"]);
const grid = new RegExp(page.texts["name.grid"]);

/** A place's name without the word for its level, as people say it; of a grid its number. */
export function shortName(name) {
  return name.match(grid)?.[1] ?? (name.replace(suffix, "") || name);
}

export const rem = () => parseFloat(getComputedStyle(root).fontSize);
export const token = (name) => getComputedStyle(root).getPropertyValue(`--${name}`).trim();
