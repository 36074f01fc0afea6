// @ts-check
// The button that approves all waiting requests.

import { t } from "../../texts.js";
import { get, post } from "../parts/api.js";
import { whileBusy } from "../parts/busy.js";
import { confirmed } from "../parts/dialog.js";
import { el } from "../parts/dom.js";
import { listed, number } from "../parts/format.js";
import { notice, problemNotice } from "../parts/notice.js";
import { asProblem } from "../parts/problem.js";
import { standing } from "../parts/status.js";
import { sendNow } from "../parts/undo.js";
import { WAITING } from "../parts/words.js";

/** @typedef {import("../types.js").Row} Row */

/** The most that the API lists at once. */
const PAGE = 100;

/** @param {(told: HTMLElement) => void} onAll after all were approved */
export function approveAllButton(onAll) {
  const button = el("button", { type: "button", class: "plain" }, t("ui.approve_all"));
  button.addEventListener("click", () =>
    whileBusy(button, t("ui.approving"), async () => {
      await sendNow();
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
    const page = await waitingPage(PAGE, cursor);
    rows.push(...page.invites);
    cursor = page.next_cursor ?? "";
  } while (cursor);
  return rows;
}

/**
 * The newest waiting requests, or the next page of them.
 * @param {number} limit
 * @param {string} [cursor]
 * @returns {Promise<{ invites: Row[], next_cursor?: string }>}
 */
export function waitingPage(limit, cursor = "") {
  const search = new URLSearchParams({ status: WAITING, limit: String(limit) });
  if (cursor) search.set("cursor", cursor);
  return get(`invites?${search}`);
}

/** One after the other, as Plex requires; stops at the first that is refused. @param {Row[]} rows
 * */
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
