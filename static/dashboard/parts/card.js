// @ts-check
// Cards with a title, and facts below each other.

import { el } from "./dom.js";
import { fill, lines } from "./loader.js";

/** @typedef {import("./dom.js").Piece} Piece */

/**
 * A card that its title names.
 * @param {string} title
 * @param {...(Piece | Piece[])} content
 */
export function titledCard(title, ...content) {
  return el("section", { class: "card", "aria-label": title }, el("h2", {}, title), ...content);
}

/** Facts, each with its name. @param {[string, Piece][]} pairs */
export function factList(pairs) {
  const each = pairs.map(([name, value]) => el("div", {}, el("dt", {}, name), el("dd", {}, value)));
  return el("dl", { class: "facts" }, ...each);
}

/**
 * A card that loads its content when it is unfolded first.
 * @template T
 * @param {string} title
 * @param {number} height of what is loaded, in lines
 * @param {() => Promise<T>} load
 * @param {(got: T) => Node[]} show
 */
export function foldedCard(title, height, load, show) {
  const place = el("div");
  const { signal } = new AbortController();
  const read = () => fill({ place, signal, skeleton: () => [lines(height)], load, show });
  const details = el("details", { class: "fold" }, el("summary", {}, el("h2", {}, title)), place);
  details.addEventListener("toggle", read, { once: true });
  return el("section", { class: "card", "aria-label": title }, details);
}
