// Where a subject lies: its region among its neighbours, from the project's own geometry, and the
// point that was reported. No tiles are needed.

import { get } from "../core/ask.js";
import { t } from "../core/page.js";
import { make } from "../core/dom.js";
import { section } from "./section.js";

const WIDTH = 400;
const HEIGHT = 150;
const PAD = 8;
const SVG = "http://www.w3.org/2000/svg";
const kept = new Map(); // region → promise of its collection

/** The level above, whose parts are drawn: of a grid its community. */
const around = (code) => (code.length > 12 ? code.slice(0, 12) : code.length > 9 ? code.slice(0, 9) : code.slice(0, 6));

function shapes(code) {
  if (!kept.has(code)) {
    const asked = get(`/api/v1/shapes/${code}`);
    asked.catch(() => kept.delete(code));
    kept.set(code, asked);
  }
  return kept.get(code);
}

/** A section with the map; it fills itself when the shapes are there. */
export function drawPlace({ region, place, lon, lat }) {
  const part = section("place");
  const figure = part.appendChild(make("figure"));
  shapes(around(region)).then(
    (collection) => {
      figure.append(picture(collection.features, region, lon, lat), make("figcaption", "", `${place} · ${t("desk.sketch")}`));
    },
    () => figure.append(make("figcaption", "", place)),
  );
  return part;
}

function picture(features, region, lon, lat) {
  const points = features.flatMap((feature) => rings(feature).flat());
  const project = projection(points);
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", `0 0 ${WIDTH} ${HEIGHT}`);
  svg.setAttribute("role", "img");
  svg.setAttribute("aria-label", t("desk.place"));
  for (const feature of [...features].sort((a, b) => weight(a, region) - weight(b, region))) {
    const path = document.createElementNS(SVG, "path");
    path.setAttribute("d", rings(feature).map((ring) => `M${ring.map((point) => project(point).join(" ")).join("L")}Z`).join(""));
    const { code, role } = feature.properties;
    path.setAttribute("class", role === "outline" ? "outline" : code === region ? "here" : "there");
    svg.append(path);
  }
  if (lon !== undefined && lon !== null) svg.append(dot(project([lon, lat])));
  return svg;
}

const weight = ({ properties }, region) => (properties.role === "outline" ? 2 : properties.code === region ? 1 : 0);

function dot([x, y]) {
  const circle = document.createElementNS(SVG, "circle");
  for (const [name, value] of Object.entries({ cx: x, cy: y, r: 6, class: "point" })) circle.setAttribute(name, value);
  return circle;
}

const rings = ({ geometry }) => (geometry.type === "Polygon" ? geometry.coordinates : geometry.coordinates.flat());

/** Degrees to the picture, true to shape at this latitude. */
function projection(points) {
  const [xs, ys] = [points.map(([x]) => x), points.map(([, y]) => y)];
  const [left, right] = [Math.min(...xs), Math.max(...xs)];
  const [low, high] = [Math.min(...ys), Math.max(...ys)];
  const narrow = Math.cos((((low + high) / 2) * Math.PI) / 180);
  const scale = Math.min((WIDTH - 2 * PAD) / ((right - left) * narrow || 1), (HEIGHT - 2 * PAD) / (high - low || 1));
  const inset = (WIDTH - (right - left) * narrow * scale) / 2;
  const drop = (HEIGHT - (high - low) * scale) / 2;
  return ([x, y]) => [round(inset + (x - left) * narrow * scale), round(drop + (high - y) * scale)];
}

const round = (value) => Math.round(value * 10) / 10;
