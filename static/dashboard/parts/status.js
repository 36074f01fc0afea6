// @ts-check
// A request's state: an icon and a word, never a colour alone.

import { t } from "../../texts.js";
import { el } from "./dom.js";
import { exactDay } from "./format.js";
import { icon } from "./icons.js";
import { plain, STATUSES } from "./words.js";

/** @typedef {import("../types.js").Row} Row */

/** @typedef {Pick<Row, "status" | "accepted_at">} Settled */
/** @typedef {Partial<Pick<Row, "error_code" | "next_attempt_at">>} Waits */

const HOUR_MS = 3_600_000;

/** @param {Settled & Waits} row @returns {import("./words.js").Word} */
export function standing(row) {
  const begins = plannedFor(row);
  if (begins) {
    const label = t("ui.status.planned", { day: exactDay(begins) });
    return { label, icon: "wait", tone: "still" };
  }
  const name = row.status === "success" && row.accepted_at ? "accepted" : row.status;
  return STATUSES[name] ?? { label: plain(name), icon: "dot", tone: "still" };
}

/** When an invite goes out that waits for its day, and for nothing else. @param {Settled & Waits} row */
function plannedFor({ status, error_code: error, next_attempt_at: next }) {
  const waits = status === "queued" && !error && next;
  return waits && Date.parse(next) > Date.now() + HOUR_MS ? next : "";
}

/**
 * @param {{ label: string, icon: string, tone: string }} word
 */
export function badge({ label, icon: drawing, tone }) {
  return el("span", { class: `badge ${tone}` }, icon(drawing), label);
}
