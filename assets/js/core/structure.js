// A page whose structure never came: Dash asks for it once, and the answer may be lost.

const PATIENCE_MS = 10000;
const LOOK_MS = 1000;

const region = () => location.pathname.split("/")[2];

/** Whether the page shows what its address names, or says that there is nothing. */
function isThere() {
  const wall = document.querySelector("[data-wall]");
  return wall ? wall.dataset.wall === region() : Boolean(document.querySelector("[data-error]"));
}

/** Loads the page anew when its structure is missing for 10 s and the server answers. */
export function watchStructure() {
  let missingSince = performance.now();
  setInterval(async () => {
    const now = performance.now();
    if (isThere()) missingSince = now;
    if (now - missingSince < PATIENCE_MS) return;
    missingSince = now;
    const lives = await fetch("/healthz", { signal: AbortSignal.timeout(LOOK_MS * 5) }).then((answer) => answer.ok, () => false);
    if (lives && !isThere()) location.reload();
  }, LOOK_MS);
}
