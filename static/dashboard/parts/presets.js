// @ts-check
// Named restrictions that a form can start from.

import { LANGUAGE, t } from "../../texts.js";
import { field, select } from "./forms.js";

/** @typedef {import("../types.js").Preset} Preset */

/**
 * Fills in what a preset has; nothing is saved by choosing one.
 * @param {Preset[]} presets
 * @param {(restrictions: Preset["restrictions"]) => void} fillIn
 * @param {(chosen: Preset | undefined) => void} [chosen]
 */
export function presetField(presets, fillIn, chosen = () => {}) {
  const choices = presets.map((one, at) => [String(at), nameOf(one)]);
  const control = select("preset", "", [["", t("ui.preset.none")], ...choices]);
  control.addEventListener("change", () => {
    const one = control.value === "" ? undefined : presets[Number(control.value)];
    if (one) fillIn(one.restrictions);
    chosen(one);
  });
  return field({ label: t("ui.preset.title"), hint: t("ui.preset.hint"), control });
}

/** @param {Preset} preset */
function nameOf({ name, country, preset_id: id }) {
  if (name) return name;
  const region = (country ?? "").toUpperCase();
  const known = /^[A-Z]{2}$/.test(region) && typeof Intl.DisplayNames === "function";
  const shown = known ? new Intl.DisplayNames(LANGUAGE, { type: "region" }).of(region) : region;
  return t("ui.preset.kids", { country: shown || id });
}
