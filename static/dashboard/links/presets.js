// @ts-check
// Three starting points for a link. Everything in them can be changed before it is created.

import { t } from "../../texts.js";

/** @typedef {import("../types.js").LinkFields} LinkFields */
/** @typedef {{ name: string, title: string, detail: string, icon: string, fields: LinkFields }} Preset */

const DAY_MS = 86_400_000;

/** @param {number} days the end of the day that many days from now, by the reader's own clock */
function inDays(days) {
  const at = new Date(Date.now() + days * DAY_MS);
  at.setHours(23, 59, 59, 0);
  return at.toISOString();
}

/** @returns {Preset[]} */
export function presets() {
  return [
    {
      name: "friend",
      icon: "person",
      title: t("ui.links.preset.friend"),
      detail: t("ui.links.preset.friend_detail"),
      fields: { uses_limit: 1, expires_at: inDays(14), approval: "no" },
    },
    {
      name: "family",
      icon: "family",
      title: t("ui.links.preset.family"),
      detail: t("ui.links.preset.family_detail"),
      fields: { uses_limit: 5, expires_at: inDays(30), access_days: 30, approval: "no" },
    },
    {
      name: "open",
      icon: "door",
      title: t("ui.links.preset.open"),
      detail: t("ui.links.preset.open_detail"),
      fields: { approval: "yes" },
    },
  ];
}
