// @ts-check
// Requests as a table; on a narrow screen each row becomes a card (tables.css).

import { t } from "../../texts.js";
import { actionButtons } from "./actions.js";
import { breakable, el } from "./dom.js";
import { listed, time } from "./format.js";
import { address } from "./router.js";
import { badge, standing } from "./status.js";
import { bodyOf, cell, headCell, rowOf, tableOf } from "./table.js";

/** @typedef {import("../types.js").Row} Row */

const HEADS = ["who", "status", "asked", "to_do"].map((name) => t(`ui.head.${name}`));

/**
 * @param {Row[]} rows
 * @param {string} caption
 * @param {HTMLElement} place where an action shows its result
 * @param {(now: Row, before: Row) => void | boolean} [onDone] false where the row has no place here now
 */
export function rowTable(rows, caption, place, onDone = () => {}) {
  const body = bodyOf(rows.map((row) => line(row, place, onDone)));
  return tableOf({ caption, heads: HEADS, body });
}

/**
 * @param {Row} row
 * @param {HTMLElement} place
 * @param {(now: Row, before: Row) => void | boolean} onDone
 * @returns {HTMLTableRowElement}
 */
function line(row, place, onDone) {
  const made = rowOf();
  const changed = (/** @type {Row} */ now) => {
    if (onDone(now, row) === false) made.remove();
    else made.replaceWith(line(now, place, onDone));
  };
  // Most rows were sent; details are one click away.
  const buttons = row.status === "success" ? [] : actionButtons(row, place, changed);
  const why = row.status === "success" || row.status === "denied" ? "" : row.error_message;
  const way = address(["requests", row.request_id]);
  made.append(
    headCell(el("a", { href: way }, ...breakable(row.email_or_username)), noted(row)),
    cell("status", badge(standing(row))),
    cell("time", time(row.timestamp)),
    cell(
      "do",
      why && el("p", { class: "why" }, why),
      buttons.length > 0 && el("div", { class: "actions small" }, ...buttons),
    ),
  );
  return made;
}

/** The first note, and how many more the request's own page shows. @param {Row} row */
export function noted(row) {
  const later = row.notes?.length ?? 0;
  if (!row.note && later === 0) return null;
  const first = row.note ? [t("join.quoted", { name: row.note })] : [];
  const more = row.note ? "ui.more_notes" : "ui.later_notes";
  const rest = later > 0 ? [t(more, { count: later })] : [];
  return el("p", { class: "note" }, listed([...first, ...rest]));
}

/** As many grey rows as a page shows. @param {number} count */
export function rowBones(count) {
  const bones = Array.from({ length: count }, () => el("span", { class: "bone row-bone" }));
  return el(
    "div",
    { class: "skeleton rows-bones" },
    el("span", { class: "unseen" }, t("ui.loading")),
    ...bones,
  );
}
