// @ts-check
// A card's title, and facts below each other.

import { el } from "./dom.js";

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
