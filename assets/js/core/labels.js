// Where a map's labels go: well inside their polygons, beside those too small for them, and
// apart from one another.

const GRID = 22;
const MANY = 13;
const ROUNDS = 240;
const PULL = 0.06;

/** The point of a polygon (rings of [x, y], the first the outer one) farthest from its edges. */
export function innerPoint(rings) {
  const xs = rings[0].map(([x]) => x);
  const ys = rings[0].map(([, y]) => y);
  const [left, top] = [Math.min(...xs), Math.min(...ys)];
  const [width, height] = [Math.max(...xs) - left, Math.max(...ys) - top];
  let best = null;
  for (let i = 1; i < GRID; i += 1) {
    for (let j = 1; j < GRID; j += 1) {
      const point = [left + (width * i) / GRID, top + (height * j) / GRID];
      const room = inside(point, rings) ? distance(point, rings) : 0;
      if (!best || room > best.room) best = { x: point[0], y: point[1], room };
    }
  }
  return best;
}

/** Whether a point lies in a polygon, by counting the edges to its right. */
export function inside([x, y], rings) {
  let odd = false;
  eachEdge(rings, ([x1, y1], [x2, y2]) => {
    if (y1 > y !== y2 > y && x < ((x2 - x1) * (y - y1)) / (y2 - y1) + x1) odd = !odd;
  });
  return odd;
}

function distance([x, y], rings) {
  let least = Infinity;
  eachEdge(rings, ([x1, y1], [x2, y2]) => {
    const [dx, dy] = [x2 - x1, y2 - y1];
    const along = Math.max(0, Math.min(1, ((x - x1) * dx + (y - y1) * dy) / (dx * dx + dy * dy || 1)));
    least = Math.min(least, Math.hypot(x - x1 - along * dx, y - y1 - along * dy));
  });
  return least;
}

function eachEdge(rings, see) {
  for (const ring of rings) ring.forEach((point, i) => see(ring[(i || ring.length) - 1], point));
}

/** Places boxes {w, h, rings, room, ax, ay, anchor: any name} within width x height: sets their centres x, y. */
export function arrange(boxes, width, height, gap) {
  for (const box of boxes) [box.x, box.y] = [box.ax, box.ay];
  // Among many regions nearly all are small: their labels stay where they belong.
  const small = boxes.length > MANY ? [] : boxes.filter((box) => box.room * 2.2 < box.h);
  for (const box of small) putBeside(box, boxes, width, height);
  spread(boxes, width, height, gap);
}

/** The nearest place around a small polygon that lies outside all others, if there is one. */
function putBeside(box, boxes, width, height) {
  for (let radius = box.h * 0.8; radius < box.w * 2.4; radius += box.h * 0.25) {
    for (let turn = 0; turn < 16; turn += 1) {
      const x = box.ax + Math.cos((turn * Math.PI) / 8) * (radius + box.w / 3);
      const y = box.ay + Math.sin((turn * Math.PI) / 8) * radius;
      if (!isFree({ ...box, x, y }, boxes, width, height)) continue;
      [box.x, box.y, box.ax2, box.ay2] = [x, y, x, y];
      return;
    }
  }
}

function isFree(box, boxes, width, height) {
  const { x, y, w, h } = box;
  if (x < w / 2 || y < h / 2 || x > width - w / 2 || y > height - h / 2) return false;
  const points = [-1, -0.5, 0, 0.5, 1].flatMap((u) => [-1, 0, 1].map((v) => [x + (u * w) / 2, y + (v * h) / 2]));
  return boxes.every(
    (other) => (other.anchor === box.anchor || !overlap(box, other)) && !points.some((point) => inside(point, other.rings)),
  );
}

const overlap = (a, b) => Math.abs(a.x - b.x) < (a.w + b.w) / 2 && Math.abs(a.y - b.y) < (a.h + b.h) / 2;

function spread(boxes, width, height, gap) {
  for (let round = 0; round < ROUNDS; round += 1) {
    const pull = round < ROUNDS * 0.7 ? PULL : 0;
    for (const box of boxes) {
      box.x += ((box.ax2 ?? box.ax) - box.x) * pull;
      box.y += ((box.ay2 ?? box.ay) - box.y) * pull;
    }
    let moved = false;
    for (let i = 0; i < boxes.length; i += 1) {
      for (let j = i + 1; j < boxes.length; j += 1) moved = part(boxes[i], boxes[j], gap) || moved;
    }
    for (const box of boxes) {
      box.x = Math.min(Math.max(box.x, box.w / 2), width - box.w / 2);
      box.y = Math.min(Math.max(box.y, box.h / 2), height - box.h / 2);
    }
    if (!moved && pull === 0) return;
  }
}

/** Pushes two boxes apart along the way that is shorter; answers whether they overlapped. */
function part(a, b, gap) {
  const dx = b.x - a.x;
  const dy = b.y - a.y;
  const overX = (a.w + b.w) / 2 + gap - Math.abs(dx);
  const overY = (a.h + b.h) / 2 + gap - Math.abs(dy);
  if (overX <= 0 || overY <= 0) return false;
  const way = overX < overY ? "x" : "y";
  const step = ((way === "x" ? Math.sign(dx) || 1 : Math.sign(dy) || 1) * Math.min(overX, overY)) / 2;
  a[way] -= step;
  b[way] += step;
  return true;
}
