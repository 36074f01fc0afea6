// @ts-check
// Requests that wait for the owner, with the answer at hand.

import { t } from "../../texts.js";
import { get, post } from "../parts/api.js";
import { whileBusy } from "../parts/busy.js";
import { confirmed } from "../parts/dialog.js";
import { el } from "../parts/dom.js";
import { listed, number } from "../parts/format.js";
import { icon } from "../parts/icons.js";
import { notice, problemNotice } from "../parts/notice.js";
import { asProblem } from "../parts/problem.js";
import { address } from "../parts/router.js";
import { rowTable } from "../parts/rows.js";
import { standing } from "../parts/status.js";
import { WAITING } from "../parts/words.js";

/** @typedef {import("../types.js").Row} Row */

/** The most that the API lists at once. */
const PAGE = 100;

/**
 * @param {Row[]} waiting the first few
 * @param {number} count how many there are in all
 * @param {(now: Row, before: Row) => void} onDone
 * @param {(told: HTMLElement) => void} onAll after all were approved
 */
export function waitingCard(waiting, count, onDone, onAll) {
  const place = el("div");
  const title = el("span", {}, heading(count));
  let left = count;
  /** @type {(now: Row, before: Row) => boolean} */
  const answered = (now, before) => {
    if (now.status !== WAITING) left -= 1;
    title.textContent = heading(left);
    onDone(now, before);
    return now.status === WAITING;
  };
  const rest = address(["requests"], { status: WAITING });
  return el(
    "section",
    { class: "card asks", "aria-labelledby": "asks" },
    el(
      "div",
      { class: "card-head" },
      el("h2", { id: "asks" }, icon("hand"), title),
      count > 1 && approveAllButton(onAll),
    ),
    place,
    rowTable(waiting, t("ui.waiting.table"), place, answered),
    count > waiting.length &&
      el("p", { class: "ways" }, el("a", { href: rest }, t("ui.waiting.all", { number: count }))),
  );
}

/** @param {number} count */
function heading(count) {
  if (count <= 0) return t("ui.waiting.none");
  return t("ui.waiting.title", { count });
}

/** @param {(told: HTMLElement) => void} onAll */
function approveAllButton(onAll) {
  const button = el("button", { type: "button", class: "plain" }, t("ui.approve_all"));
  button.addEventListener("click", () =>
    whileBusy(button, t("ui.approving"), async () => {
      const rows = await allWaiting();
      const title = t("ui.approve_all_title", { count: rows.length });
      const agreed = await confirmed(title, t("ui.approve_all_detail"), t("ui.approve_all"));
      if (agreed) onAll(await approveAll(rows));
    }).catch((thrown) => onAll(problemNotice(asProblem(thrown)))),
  );
  return button;
}

/** @returns {Promise<Row[]>} */
async function allWaiting() {
  /** @type {Row[]} */
  const rows = [];
  let cursor = "";
  do {
    const search = new URLSearchParams({ status: WAITING, limit: String(PAGE), cursor });
    if (!cursor) search.delete("cursor");
    const page = await get(`invites?${search}`);
    rows.push(...page.invites);
    cursor = page.next_cursor ?? "";
  } while (cursor);
  return rows;
}

/** One after the other, as Plex wants to be asked; the first that is refused ends it. @param {Row[]} rows */
async function approveAll(rows) {
  /** @type {Map<string, number>} */
  const done = new Map();
  for (const row of rows) {
    try {
      const now = await post(`invites/${encodeURIComponent(row.request_id)}/approve`);
      const { label } = standing(now);
      done.set(label, (done.get(label) ?? 0) + 1);
    } catch (thrown) {
      return problemNotice(asProblem(thrown), el("p", {}, outcomeOf(done)));
    }
  }
  return notice("good", outcomeOf(done));
}

/** "Sent: 5 and Failed: 1". @param {Map<string, number>} done */
function outcomeOf(done) {
  const parts = [...done].map(([label, count]) => `${label}: ${number(count)}`);
  return parts.length > 0 ? listed(parts) : t("ui.approved_none");
}
