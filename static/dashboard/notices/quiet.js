// @ts-check
// A channel's quiet hours.

import { t } from "../../texts.js";
import { el } from "../parts/dom.js";
import { field } from "../parts/forms.js";

/** @typedef {import("../types.js").Channel} Channel */

/** @param {Channel} [channel] */
export function quietFields(channel) {
  const quiet = channel?.quiet_hours;
  const clock = (/** @type {string} */ name, /** @type {string} */ value) =>
    el("input", { type: "time", name, value });
  return el(
    "fieldset",
    { id: "quiet_hours", tabindex: "-1", class: "quiet-hours" },
    el("legend", {}, t("ui.notices.quiet_hours")),
    el("p", { class: "hint" }, t("ui.notices.quiet_hint", { zone: zoneOf(channel) })),
    field({ label: t("ui.notices.begins"), control: clock("begins", quiet?.begins ?? "") }),
    field({ label: t("ui.notices.ends"), control: clock("ends", quiet?.ends ?? "") }),
  );
}

/** The channel's time zone, or the reader's. @param {Channel} [channel] */
export function zoneOf(channel) {
  const here = Intl.DateTimeFormat().resolvedOptions().timeZone || "UTC";
  return channel?.quiet_hours?.time_zone ?? here;
}
