// @ts-check
// Requests that wait for the owner's yes, with the answer at hand.

import { el } from "../parts/dom.js";
import { counted } from "../parts/format.js";
import { icon } from "../parts/icons.js";
import { address } from "../parts/router.js";
import { rowTable } from "../parts/rows.js";

/** @typedef {import("../types.js").Row} Row */

export const WAITING = "awaiting_approval";

/**
 * @param {Row[]} waiting
 * @param {number} count how many there are in all
 * @param {(now: Row, before: Row) => void} onDone
 */
export function waitingCard(waiting, count, onDone) {
  const place = el("div");
  const title = el("span", {}, heading(count));
  let left = count;
  /** @type {typeof onDone} */
  const answered = (now, before) => {
    if (now.status !== WAITING) left -= 1;
    title.textContent = heading(left);
    onDone(now, before);
  };
  const rest = address(["requests"], { status: WAITING });
  return el(
    "section",
    { class: "card asks", "aria-labelledby": "asks" },
    el("h2", { id: "asks" }, icon("hand"), title),
    place,
    rowTable(waiting, "Requests that wait for your yes", place, answered),
    count > waiting.length && el("p", { class: "ways" }, el("a", { href: rest }, `All ${count}`)),
  );
}

/** @param {number} count */
function heading(count) {
  if (count <= 0) return "Nobody waits for your yes any more";
  return `${counted(count, "request waits", "requests wait")} for your yes`;
}
