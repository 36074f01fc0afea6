// @ts-check
// A link in words: what it gives, to how many people, and until when.

import { has, t } from "../../texts.js";
import { exact, listed } from "../parts/format.js";

/** @typedef {import("../types.js").Link} Link */
/** @typedef {import("../types.js").ListedLibrary} ListedLibrary */
/** @typedef {import("../parts/words.js").Word} Word */

/** @type {Record<string, Word>} */
const WORDS = {
  active: { label: t("ui.links.state.active"), icon: "good", tone: "good" },
  used_up: { label: t("ui.links.state.used_up"), icon: "accepted", tone: "still" },
  expired: { label: t("ui.links.state.expired"), icon: "wait", tone: "still" },
  disabled: { label: t("ui.links.state.disabled"), icon: "denied", tone: "still" },
};

/** A link's possible states, for a filter. */
export const STATES = Object.entries(WORDS).map(([value, { label }]) => ({ value, label }));

/** @param {Link} link @returns {Word} */
export function stateOf(link) {
  return WORDS[link.state] ?? { label: link.state, icon: "dot", tone: "still" };
}

/** The owner's name for it. @param {Link} link */
export function nameOf(link) {
  if (link.label) return link.label;
  if (link.held_by) return t("ui.links.site_code");
  return link.code ?? t("ui.links.no_code");
}

/** The full address, or "" if the code can no longer be read. @param {Link} link */
export function addressOf(link) {
  return link.url ? new URL(link.url, window.location.origin).href : "";
}

/** @param {Link} link */
export function placesWords(link) {
  if (link.uses_limit === null) return t("ui.links.used_of_any", { count: link.uses });
  return t("ui.links.used_of", { used: link.uses, count: link.uses_limit });
}

/** @param {Link} link */
export function daysWords({ access_days: days }) {
  return days === null ? t("ui.links.no_end") : t("ui.days", { count: days });
}

/** @param {Link} link */
export function untilWords({ expires_at: at }) {
  return at ? exact(at) : t("ui.links.always");
}

/** @param {Link} link */
export function approvalWords({ approval }) {
  return has(`ui.links.approval.${approval}`) ? t(`ui.links.approval.${approval}`) : approval;
}

/**
 * @param {Link} link
 * @param {ListedLibrary[]} all
 */
export function librariesWords({ libraries }, all) {
  if (!libraries) return t("ui.links.what_is_shared");
  const titles = new Map(all.map((one) => [one.id, one.title]));
  return listed(libraries.map((id) => titles.get(id) ?? t("ui.links.library_gone")));
}
