// @ts-check
// What the owner can do with one request, as its state allows.

import { t } from "../../texts.js";
import { post } from "./api.js";
import { whileBusy } from "./busy.js";
import { confirmed } from "./dialog.js";
import { el } from "./dom.js";
import { notice, tell, tellProblem } from "./notice.js";
import { standing } from "./status.js";

/** @typedef {import("../types.js").Row} Row */
/** @typedef {import("../types.js").RowAction} RowAction */

/** @type {Record<RowAction, { label: string, busy: string, className: string }>} */
const ACTIONS = {
  approve: { label: t("ui.approve"), busy: t("ui.approving"), className: "" },
  deny: { label: t("ui.deny"), busy: t("ui.denying"), className: "plain" },
  retry: { label: t("ui.retry"), busy: t("ui.retrying"), className: "plain" },
};
/** The owner has changed their mind. */
const APPROVE_OF_DENIED = {
  label: t("ui.invite_after_all"),
  busy: t("ui.approving"),
  className: "plain",
};
/** A sent invitation may have been taken back in Plex since. */
const RETRY_OF_SENT = { label: t("ui.ask_again"), busy: t("ui.asking_plex"), className: "plain" };

/**
 * A button for each; `onDone` gets the updated row, `place` shows the result.
 * @param {Row} row
 * @param {HTMLElement} place
 * @param {(row: Row) => void} onDone
 */
export function actionButtons(row, place, onDone) {
  return row.actions
    .filter((action) => action in ACTIONS)
    .map((action) => {
      const sent = action === "retry" && row.status === "success";
      const again = action === "approve" && row.status === "denied";
      const special = again ? APPROVE_OF_DENIED : sent && RETRY_OF_SENT;
      const { label, busy, className } = special || ACTIONS[action];
      const name = t("ui.action_for", { action: label, name: row.email_or_username });
      const button = el("button", { type: "button", class: className, "aria-label": name }, label);
      button.addEventListener("click", async () => {
        if (action === "deny" && !(await isMeant(row))) return;
        whileBusy(button, busy, () => act(row, action, place, onDone));
      });
      return button;
    });
}

/** @param {Row} row */
function isMeant(row) {
  const detail = t("ui.deny_detail");
  return confirmed(t("ui.deny_title", { name: row.email_or_username }), detail, t("ui.deny"));
}

/**
 * @param {Row} row
 * @param {RowAction} action
 * @param {HTMLElement} place
 * @param {(row: Row) => void} onDone
 */
async function act(row, action, place, onDone) {
  const id = encodeURIComponent(row.request_id);
  try {
    const now = /** @type {Row} */ (await post(`invites/${id}/${action}`));
    onDone(now);
    tell(place, outcome(now));
  } catch (thrown) {
    tellProblem(place, thrown);
  }
}

/** Its outcome, in one line. @param {Row} row */
export function outcome(row) {
  const { label, tone } = standing(row);
  const said = row.error_message && tone !== "good" ? el("p", {}, row.error_message) : null;
  const shown = tone === "still" ? "good" : tone;
  return notice(shown, t("ui.outcome", { name: row.email_or_username, status: label }), said);
}
