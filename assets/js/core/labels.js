// Where a map's labels go: at their anchors, moved apart where they would lie on each other.

const ROUNDS = 240;
const PULL = 0.06;

/** Moves boxes {x, y, w, h, ax, ay} (centre, size, anchor) apart within width x height. */
export function spread(boxes, width, height, gap) {
  for (let round = 0; round < ROUNDS; round += 1) {
    const pull = round < ROUNDS * 0.7 ? PULL : 0;
    for (const box of boxes) {
      box.x += (box.ax - box.x) * pull;
      box.y += (box.ay - box.y) * pull;
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
  if (overX < overY) {
    const step = ((dx < 0 ? -1 : 1) * overX) / 2;
    a.x -= step;
    b.x += step;
  } else {
    const step = ((dy < 0 ? -1 : 1) * overY) / 2;
    a.y -= step;
    b.y += step;
  }
  return true;
}
