// @ts-check
// Requests a day, as stacked bars drawn by uPlot. Who cannot see it has daily.js's table.

import { day } from "../parts/format.js";
import { OUTCOMES } from "../parts/words.js";

/** @typedef {import("../types.js").Day} Day */

const HEIGHT = 208;
const BAR = { share: 0.72, most: 26, least: 1 };
const TICK_SPACE = 64;
const DARK = "(prefers-color-scheme: dark)";
const FONT = "12px -apple-system, 'Segoe UI', Roboto, 'Noto Sans', sans-serif";

/** How many of a day's requests came to this. @param {Day} one @param {string[]} statuses */
export function countOf(one, statuses) {
  return statuses.reduce((sum, status) => sum + (one.counts[status] ?? 0), 0);
}

/**
 * Each outcome on top of those before it; the highest first, since the later covers the earlier.
 * @param {Day[]} days
 */
function stacked(days) {
  const sums = OUTCOMES.map((_, upTo) =>
    days.map((one) =>
      countOf(
        one,
        OUTCOMES.slice(0, upTo + 1).flatMap((it) => it.statuses),
      ),
    ),
  );
  return [days.map((_, at) => at), ...sums.reverse()];
}

/** @param {HTMLElement} place */
function palette(place) {
  const style = getComputedStyle(place);
  return (/** @type {string} */ name) => style.getPropertyValue(`--${name}`).trim();
}

/**
 * @param {HTMLElement} place
 * @param {Day[]} days
 * @param {(at: number | null) => void} onPoint which day the pointer is over
 */
function options(place, days, onPoint) {
  const colour = palette(place);
  const { bars } = window.uPlot.paths;
  const paths = bars({ size: [BAR.share, BAR.most, BAR.least] });
  const series = [...OUTCOMES].reverse().map(({ name, label }) => {
    const fill = colour(`chart-${name}`);
    return { label, paths, fill, stroke: fill, width: 0, points: { show: false } };
  });
  const axis = {
    stroke: colour("quiet"),
    font: FONT,
    ticks: { show: false },
    grid: { stroke: colour("line"), width: 1 },
  };
  return {
    width: place.clientWidth,
    height: HEIGHT,
    legend: { show: false },
    cursor: { y: false, drag: { x: false, y: false }, points: { show: false } },
    scales: { x: { time: false, range: [-0.6, days.length - 0.4] }, y: { range: ceiling } },
    axes: [
      {
        ...axis,
        grid: { show: false },
        size: 28,
        space: TICK_SPACE,
        incrs: [1, 2, 7, 14, 30, 60, 90],
        values: (/** @type {any} */ _, /** @type {number[]} */ at) =>
          at.map((one) => dayAt(days, one)),
      },
      { ...axis, size: 34, incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000] },
    ],
    series: [{}, ...series],
    hooks: { setCursor: [(/** @type {any} */ plot) => onPoint(plot.cursor.idx ?? null)] },
  };
}

/**
 * @param {Day[]} days
 * @param {number} at
 */
function dayAt(days, at) {
  const one = days[at];
  return one ? day(one.date) : "";
}

/** The top of the axis: a little above the highest day, and never a fraction. */
function ceiling(/** @type {any} */ _, /** @type {number} */ _least, /** @type {number} */ most) {
  return [0, Math.max(4, Math.ceil(most * 1.1))];
}

/**
 * Draws once the place is on the page, and anew when its width or the colour scheme changes,
 * until `signal` ends.
 * @param {HTMLElement} place
 * @param {Day[]} days
 * @param {AbortSignal} signal
 * @param {(at: number | null) => void} onPoint
 */
export function drawChart(place, days, signal, onPoint) {
  // The script may have been lost on the way: then the table is all there is.
  if (!window.uPlot || !window.ResizeObserver) return;
  /** @type {any} */
  let plot;
  const draw = () => {
    plot?.destroy();
    plot = new window.uPlot(options(place, days, onPoint), stacked(days), place);
  };
  const sized = new ResizeObserver(() => {
    if (plot) plot.setSize({ width: place.clientWidth, height: HEIGHT });
    else if (place.clientWidth > 0) draw();
  });
  sized.observe(place);
  window.matchMedia(DARK).addEventListener("change", () => plot && draw(), { signal });
  signal.addEventListener("abort", () => sized.disconnect());
}
