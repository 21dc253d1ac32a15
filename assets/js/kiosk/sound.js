// The alarm's sound. Off until somebody allows it on this screen with a click or a key; a browser
// plays nothing before that anyway. Kept for the next time.

const KEY = "cockpit.sound";
const TONES = [[880, 0], [660, 0.28], [880, 0.56]];
const TONE_SECONDS = 0.22;
const AGAIN_MS = 3000;

let context = null;
let playedAt = -Infinity;

export const isAllowed = () => localStorage.getItem(KEY) === "on";

/** Whether it is allowed, and the browser would play it. */
export const isReady = () => isAllowed() && context?.state === "running";

function wake() {
  context ??= new AudioContext();
  if (context.state === "suspended") context.resume();
}

/** Allows it, with one sound as a sample, or not any more. */
export function toggle() {
  if (isReady()) {
    localStorage.setItem(KEY, "off");
    return;
  }
  localStorage.setItem(KEY, "on");
  wake();
  playedAt = -Infinity;
  ring();
}

/** Rings, every three seconds at most, when it may. */
export function ring() {
  if (!isAllowed() || performance.now() - playedAt < AGAIN_MS) return;
  playedAt = performance.now();
  wake();
  for (const [pitch, after] of TONES) play(pitch, context.currentTime + after);
}

function play(pitch, at) {
  const [tone, volume] = [context.createOscillator(), context.createGain()];
  tone.frequency.value = pitch;
  volume.gain.setValueAtTime(0, at);
  volume.gain.linearRampToValueAtTime(0.3, at + 0.02);
  volume.gain.linearRampToValueAtTime(0, at + TONE_SECONDS);
  tone.connect(volume).connect(context.destination);
  tone.start(at);
  tone.stop(at + TONE_SECONDS);
}
