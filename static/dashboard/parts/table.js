// @ts-check
// A table whose rows become cards on a narrow screen (tables.css).
// The roles are explicit because some browsers drop them when a table's layout changes.

import { el } from "./dom.js";

/** @typedef {import("./dom.js").Piece} Piece */

/**
 * @param {{ caption: string, heads: (string | Node)[], body: HTMLElement, kind?: string }} given
 *   `heads`: the words of a column, or a cell that is made already
 */
export function tableOf({ caption, heads, body, kind = "" }) {
  const cells = heads.map((head) =>
    head instanceof Node ? head : el("th", { role: "columnheader", scope: "col" }, head),
  );
  const table = el(
    "table",
    { role: "table", class: `rows ${kind}`.trim() },
    el("caption", { class: "unseen" }, caption),
    el("thead", { role: "rowgroup" }, el("tr", { role: "row" }, ...cells)),
    body,
  );
  return el("div", { class: "table" }, table);
}

/** @param {Node[]} rows */
export function bodyOf(rows) {
  return el("tbody", { role: "rowgroup" }, ...rows);
}

/** @param {...HTMLElement} cells */
export function rowOf(...cells) {
  return el("tr", { role: "row" }, ...cells);
}

/** The cell that names its row. @param {...(Piece | Piece[])} content */
export function headCell(...content) {
  return el("th", { role: "rowheader", scope: "row" }, ...content);
}

/**
 * @param {string} name its class, after `cell-`
 * @param {...(Piece | Piece[])} content
 */
export function cell(name, ...content) {
  return el("td", { role: "cell", class: `cell-${name}` }, ...content);
}
