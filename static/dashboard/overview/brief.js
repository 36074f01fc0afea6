// @ts-check
// Requests in brief: a name, when, and what to do or the outcome.

import { t } from "../../texts.js";
import { breakable, el } from "../parts/dom.js";
import { time } from "../parts/format.js";
import { address } from "../parts/router.js";
import { noted } from "../parts/rows.js";
import { bodyOf, cell, headCell, rowOf, tableOf } from "../parts/table.js";

/** @typedef {import("../types.js").Row} Row */

/**
 * @param {string} caption
 * @param {string} last what the last column has
 * @param {Node[]} rows
 */
export function briefTable(caption, last, rows) {
  const heads = [t("ui.head.who"), t("ui.head.asked"), last];
  return tableOf({ caption, heads, body: bodyOf(rows), kind: "brief" });
}

/**
 * @param {Row} row
 * @param {Node} last
 */
export function briefRow(row, last) {
  const way = address(["requests", row.request_id]);
  return rowOf(
    headCell(el("a", { href: way }, ...breakable(row.email_or_username)), noted(row)),
    cell("time", time(row.timestamp)),
    cell("do", last),
  );
}
