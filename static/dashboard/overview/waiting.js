// @ts-check
// Requests waiting for approval, with buttons to answer.

import { t } from "../../texts.js";
import { el } from "../parts/dom.js";
import { icon } from "../parts/icons.js";
import { address } from "../parts/router.js";
import { isUndecided } from "../parts/undo.js";
import { WAITING } from "../parts/words.js";
import { approveAllButton, waitingPage } from "./approve_all.js";
import { briefTable } from "./brief.js";
import { undecided } from "./decision.js";

/** @typedef {import("../types.js").Row} Row */

/**
 * @param {Row[]} waiting the first few
 * @param {number} count how many there are in all
 * @param {(now: Row, before: Row) => void} onDone
 * @param {(told: HTMLElement) => void} onAll after all were approved
 */
export function waitingCard(waiting, count, onDone, onAll) {
  const shownAtOnce = waiting.length;
  const place = el("div");
  const title = el("span", {}, heading(count));
  const all = el("a", { href: address(["requests"], { status: WAITING }) });
  /** Each is shown once, whatever happens to it. */
  const seen = new Set(waiting.map((row) => row.request_id));
  let left = count;
  const recount = () => {
    title.textContent = heading(left);
    all.textContent = t("ui.waiting.all", { number: left });
    all.hidden = left <= shownAtOnce;
  };
  /** @param {Row} now @param {Row} before */
  const answered = (now, before) => {
    if (now.status !== WAITING) left -= 1;
    recount();
    onDone(now, before);
    moveUp().catch(console.warn); // anything missing is shown at the next refresh
  };
  const row = (/** @type {Row} */ one) => undecided(one, place, answered);
  const table = briefTable(t("ui.waiting.table"), t("ui.head.to_do"), waiting.map(row));
  /** The next ones replace those that were answered. */
  const moveUp = async () => {
    const body = /** @type {HTMLElement} */ (table.querySelector("tbody"));
    const room = () => shownAtOnce - body.children.length;
    if (!table.isConnected || isUndecided() || room() <= 0 || left <= body.children.length) return;
    const { invites } = await waitingPage(shownAtOnce);
    const more = invites.filter(({ request_id: id }) => !seen.has(id)).slice(0, room());
    for (const one of more) seen.add(one.request_id);
    body.append(...more.map(row));
  };
  recount();
  return el(
    "section",
    { class: "card asks", "aria-labelledby": "asks" },
    el(
      "div",
      { class: "card-head" },
      el("h2", { id: "asks", tabindex: "-1" }, icon("hand"), title),
      el("div", { class: "actions" }, all, count > 1 && approveAllButton(onAll)),
    ),
    place,
    table,
  );
}

/** @param {number} count */
function heading(count) {
  if (count <= 0) return t("ui.waiting.none");
  return t("ui.waiting.title", { count });
}
