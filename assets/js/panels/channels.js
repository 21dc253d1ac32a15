// Bars of today's channels against the greatest of them.

import { style } from "../core/dom.js";

export const stem = "channels";
export const reads = ["cases"];

export function mount(element) {
  const bars = [...element.querySelectorAll("[data-channel]")].map((row) => [row.dataset.channel, row.querySelector("i")]);
  return {
    paint({ cases: { channel } }) {
      const most = Math.max(1, ...Object.values(channel));
      for (const [name, bar] of bars) style(bar, "transform", `scaleX(${((channel[name] ?? 0) / most).toFixed(3)})`);
    },
  };
}
