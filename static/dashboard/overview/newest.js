// @ts-check
// How many requests there are in each state, and the newest of them.

import { t } from "../../texts.js";
import { el } from "../parts/dom.js";
import { foldingCard } from "../parts/fold.js";
import { number } from "../parts/format.js";
import { address } from "../parts/router.js";
import { badge, standing } from "../parts/status.js";
import { FILTERS, WAITING } from "../parts/words.js";
import { briefRow, briefTable } from "./brief.js";

/** @typedef {import("../types.js").Row} Row */
/** @typedef {import("../types.js").Overview} Overview */

const EMPTY = t("ui.newest_empty");
const ALL_WAIT = t("ui.newest_all_waiting");

/** How many are shown; the rest are one click away. */
const SHOWN = 5;

/**
 * The card, and a function to report that a request was answered elsewhere on the page. Requests
 * waiting for approval are shown there, not here.
 * @param {Overview} all
 */
export function newestCard({ recent = [], counts = {} }) {
  const line = el("p", { class: "ways" }, ...links(counts));
  const table = el("div");
  let rows = recent;
  const show = () => {
    const shown = rows.filter((row) => row.status !== WAITING).slice(0, SHOWN);
    const words = rows.length === 0 ? EMPTY : ALL_WAIT;
    table.replaceChildren(
      shown.length === 0 ? el("p", { class: "empty" }, words) : newestTable(shown),
    );
  };
  show();
  const open = counts[WAITING] ? undefined : true;
  const card = foldingCard("newest", t("ui.newest_requests"), { open }, line, table);
  /** @param {Row} now @param {Row} before */
  const answered = (now, before) => {
    counts[before.status] = (counts[before.status] ?? 1) - 1;
    counts[now.status] = (counts[now.status] ?? 0) + 1;
    line.replaceChildren(...links(counts));
    const isListed = rows.some((row) => row.request_id === now.request_id);
    rows = isListed
      ? rows.map((row) => (row.request_id === now.request_id ? now : row))
      : [now, ...rows];
    show();
  };
  return { card, answered };
}

/** @param {Row[]} rows */
function newestTable(rows) {
  return briefTable(
    t("ui.newest_requests"),
    t("ui.head.status"),
    rows.map((row) => briefRow(row, badge(standing(row)))),
  );
}

/** Each count leads to the requests that it counts. @param {Record<string, number>} counts */
function links(counts) {
  const each = FILTERS.map(({ value, label }) => ({ value, label, count: countOf(counts, value) }));
  return each
    .filter(({ count }) => count > 0)
    .map(({ value, label, count }) => {
      const href = address(["requests"], { status: value });
      return el("a", { href }, `${label}: ${number(count)}`);
    });
}

/**
 * @param {Record<string, number>} counts
 * @param {string} statuses comma-separated; none means all
 */
function countOf(counts, statuses) {
  if (!statuses) return counts.total ?? 0;
  return statuses.split(",").reduce((sum, status) => sum + (counts[status] ?? 0), 0);
}
