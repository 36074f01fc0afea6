// @ts-check
// What happened to a request, oldest first: its own times, and what the owner did.

import { t } from "../../texts.js";
import { sentence } from "../parts/events.js";
import { momentList } from "../parts/moments.js";
import { named } from "../parts/words.js";

/** @typedef {import("../types.js").WholeRow} WholeRow */
/** @typedef {import("../types.js").AuditEvent} AuditEvent */
/** @typedef {import("../parts/moments.js").Moment} Moment */

/** The icon for each change. @type {Record<string, [string, string]>} */
const DRAWN = {
  invite_sent: ["good", "good"],
  invite_accepted: ["accepted", "good"],
  invite_failed: ["bad", "bad"],
  invite_queued: ["wait", "wait"],
  invite_held: ["hand", "wait"],
  invite_denied: ["denied", "still"],
};

/** @param {WholeRow} row */
export function timeline(row) {
  return momentList([...ownMoments(row), ...deeds(row)]);
}

/**
 * The queue's tries in one line, however many there were.
 * @param {WholeRow} row @returns {Moment[]}
 */
function deeds(row) {
  /** @type {Moment[]} */
  const moments = [];
  let tries = 0;
  for (const event of row.events.filter(({ action }) => action !== "invite_tried")) {
    const again = event.action === "invite_queued" && tries > 0;
    tries = event.action === "invite_queued" ? tries + 1 : 0;
    if (again) moments.pop();
    moments.push(deed(event, again ? t("ui.moment.tried", { count: tries }) : words(event, row)));
  }
  return moments;
}

/**
 * Its own times, unless an event has them: older requests have no events.
 * @param {WholeRow} row @returns {Moment[]}
 */
function ownMoments(row) {
  const told = new Set(row.events.map(({ action }) => action));
  const failedAt = row.status === "failed" ? row.updated_at : undefined;
  /** @type {[string, string | undefined, string, string, string][]} */
  const all = [
    ["invite_opened", row.timestamp, asked(row), "dot", "still"],
    ["invite_queued", row.queued_since, t("ui.moment.queued"), "wait", "wait"],
    ["invite_sent", row.sent_at, t("ui.moment.sent"), "good", "good"],
    ["invite_accepted", row.accepted_at, t("ui.status.accepted"), "accepted", "good"],
    ["invite_failed", failedAt, t("ui.status.failed"), "bad", "bad"],
    ["", row.next_attempt_at, t("ui.moment.next"), "wait", "wait"],
  ];
  return all.flatMap(([action, at, words, drawing, tone]) =>
    at && !told.has(action) ? [{ at, words, icon: drawing, tone }] : [],
  );
}

/** The first event says how the request came in. @param {AuditEvent} event @param {WholeRow} row */
function words(event, row) {
  return event.action === "invite_opened" ? asked(row) : sentence(event);
}

/** @param {WholeRow} row */
function asked(row) {
  return t("ui.moment.asked", { source: named("ui.source", row.source) });
}

/** @param {AuditEvent} event @param {string} words @returns {Moment} */
function deed(event, words) {
  const [drawing, tone] = DRAWN[event.action] ?? ["dot", "still"];
  return { at: event.at, words, icon: drawing, tone };
}
