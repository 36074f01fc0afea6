// @ts-check
// A request's state: an icon and a word, never a colour alone.

import { el } from "./dom.js";
import { icon } from "./icons.js";
import { plain, STATUSES } from "./words.js";

/** @typedef {import("../types.js").Row} Row */

/** @param {Pick<Row, "status" | "accepted_at">} row @returns {import("./words.js").Word} */
export function standing(row) {
  const name = row.status === "success" && row.accepted_at ? "accepted" : row.status;
  return STATUSES[name] ?? { label: plain(name), icon: "dot", tone: "still" };
}

/**
 * @param {{ label: string, icon: string, tone: string }} word
 */
export function badge({ label, icon: drawing, tone }) {
  return el("span", { class: `badge ${tone}` }, icon(drawing), label);
}
