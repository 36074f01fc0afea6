// @ts-check
// Requests a day, as stacked bars. Their heights are shares of the axis, so the browser does all
// the layout; daily.js has a table for people who cannot see it.

import { el } from "../parts/dom.js";
import { day, number } from "../parts/format.js";
import { OUTCOMES } from "../parts/words.js";

/** @typedef {import("../types.js").Day} Day */

/** What the ends of steps on the upright axis may be, times a power of ten. */
const STEPS = [1, 2, 5, 10];
const MOST_STEPS = 4;
/** The axis never ends lower, so that a single request does not look like a tower. */
const LEAST_TOP = 4;
/** How many days lie between two dates below the bars. */
const SPACINGS = [1, 2, 7, 14, 30, 60, 90];
const MOST_DATES = 9;
/** Below its bar, a date further to the right would be cut off: it is aligned with the end. */
const EDGE = 0.92;

/** How many of a day's requests had this outcome. @param {Day} one @param {string[]} statuses */
export function countOf(one, statuses) {
  return statuses.reduce((sum, status) => sum + (one.counts[status] ?? 0), 0);
}

/**
 * @param {Day[]} days
 * @param {(at: number | null) => void} onPoint the day under the pointer
 */
export function chart(days, onPoint) {
  const most = Math.max(LEAST_TOP, ...days.map((one) => one.total));
  const step = stepFor(most);
  const count = Math.ceil(most / step);
  const bars = el("div", { class: "bars" }, ...days.map((one) => bar(one, step * count)));
  const lines = Array.from({ length: count + 1 }, (_, at) => line(at * step, at / count));
  const plot = el("div", { class: "plot" }, ...lines, bars, ...dates(days));
  bars.addEventListener("pointermove", ({ clientX }) => {
    const { left, width } = bars.getBoundingClientRect();
    const at = Math.floor(((clientX - left) / width) * days.length);
    onPoint(Math.min(Math.max(at, 0), days.length - 1));
  });
  bars.addEventListener("pointerleave", () => onPoint(null));
  return el("div", { class: "chart", "aria-hidden": "true" }, plot);
}

/** The smallest step that reaches the highest day in few steps. @param {number} most */
function stepFor(most) {
  const power = 10 ** Math.floor(Math.log10(most / MOST_STEPS));
  const step = STEPS.find((one) => one * power * MOST_STEPS >= most) ?? 10;
  return step * power;
}

/**
 * @param {Day} one
 * @param {number} top of the axis
 */
function bar(one, top) {
  const parts = OUTCOMES.map(({ name, statuses }) => ({ name, count: countOf(one, statuses) }));
  const shown = parts.filter(({ count }) => count > 0);
  return el("div", { class: "bar" }, ...shown.map(({ name, count }) => part(name, count / top)));
}

/**
 * @param {string} name
 * @param {number} share
 */
function part(name, share) {
  const made = el("span", { class: `outcome ${name}` });
  made.style.height = percent(share);
  return made;
}

/**
 * @param {number} value
 * @param {number} share of the height
 */
function line(value, share) {
  const made = el("span", { class: "grid-line" }, number(value));
  made.style.bottom = percent(share);
  return made;
}

/** Some of the days by name; every second one only where there is room. @param {Day[]} days */
function dates(days) {
  const spacing = SPACINGS.find((one) => days.length / one <= MOST_DATES) ?? days.length;
  const named = days.flatMap((one, at) => (at % spacing === 0 ? [{ one, at }] : []));
  return named.map(({ one, at }, order) => {
    const made = el("span", { class: order % 2 ? "date minor" : "date" }, day(one.date));
    const middle = (at + 0.5) / days.length;
    if (middle < EDGE) made.style.left = percent(middle);
    else made.classList.add("last");
    return made;
  });
}

/** @param {number} share */
function percent(share) {
  return `${(share * 100).toFixed(3)}%`;
}
