// @ts-check
// The page's words for the API's codes.

import { has, t } from "../../texts.js";

/** @typedef {{ label: string, icon: string, tone: "good" | "wait" | "bad" | "still" }} Word */

/** The status of a request that is waiting for approval. */
export const WAITING = "awaiting_approval";
const WAITS_FOR_PLEX = t("ui.status.queued");

/** @type {Record<string, Word>} */
export const STATUSES = {
  accepted: { label: t("ui.status.accepted"), icon: "accepted", tone: "good" },
  success: { label: t("ui.status.success"), icon: "good", tone: "good" },
  pending: { label: t("ui.status.pending"), icon: "wait", tone: "wait" },
  queued: { label: WAITS_FOR_PLEX, icon: "wait", tone: "wait" },
  awaiting_approval: { label: t("ui.status.awaiting_approval"), icon: "hand", tone: "wait" },
  failed: { label: t("ui.status.failed"), icon: "bad", tone: "bad" },
  denied: { label: t("ui.status.denied"), icon: "denied", tone: "still" },
};

/** Statuses that are filtered together, in the filter's order. */
export const FILTERS = [
  { value: "", label: t("ui.all") },
  { value: "awaiting_approval", label: t("ui.status.awaiting_approval") },
  { value: "queued,pending", label: WAITS_FOR_PLEX },
  { value: "failed", label: t("ui.status.failed") },
  { value: "success", label: t("ui.status.success") },
  { value: "denied", label: t("ui.status.denied") },
];

/** The outcomes of a day's requests, in the chart's order from the bottom up. */
export const OUTCOMES = [
  { name: "sent", label: t("ui.status.success"), statuses: ["success"] },
  {
    name: "waiting",
    label: t("ui.outcome_waiting"),
    statuses: ["queued", "pending", "awaiting_approval"],
  },
  { name: "failed", label: t("ui.status.failed"), statuses: ["failed"] },
  { name: "denied", label: t("ui.status.denied"), statuses: ["denied"] },
];

/**
 * The word for a code; one without a word yet is shown readably.
 * @param {"ui.check_name" | "ui.field" | "ui.source"} kind
 * @param {string} code
 */
export function named(kind, code) {
  return has(`${kind}.${code}`) ? t(`${kind}.${code}`) : plain(code);
}

/** @param {string} code */
export function plain(code) {
  const words = code.replaceAll("_", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}
