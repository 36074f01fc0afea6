// @ts-check
// What people who use a link may do: no choice leaves it as set in Plex.

import { t } from "../../texts.js";
import { el } from "../parts/dom.js";
import { field, select, textInput } from "../parts/forms.js";
import { presetField } from "../parts/presets.js";

/** @typedef {import("../types.js").LinkFields} LinkFields */
/** @typedef {import("../types.js").Preset} Preset */
/** @typedef {HTMLInputElement | HTMLSelectElement} Control */

const SWITCHES = ["downloads", "subtitles"];
const LIVE_TV = ["none", "watch", "record"];
const FILTERS = ["movies", "television", "music"];
const NAMES = [...SWITCHES, "live_tv", ...FILTERS];

/**
 * @param {LinkFields} given
 * @param {Preset[]} presets
 */
export function restrictionFields(given, presets) {
  const now = new Map(Object.entries(given.restrictions ?? {}));
  const text = (/** @type {string} */ name) => String(now.get(name) ?? "");
  const controls = new Map(NAMES.map((name) => [name, controlOf(name, text(name))]));
  const fillIn = (/** @type {Preset["restrictions"]} */ restrictions) => {
    for (const [name, value] of Object.entries(restrictions)) {
      const control = controls.get(name);
      if (control) control.value = String(value);
    }
  };
  return el(
    "fieldset",
    { class: "stack" },
    el("legend", {}, t("ui.person.restrictions")),
    presets.length > 0 && presetField(presets, fillIn),
    ...[...controls].map(([name, control]) =>
      field({
        label: labelOf(name),
        hint: FILTERS.includes(name) ? t("ui.restriction.filter_hint") : undefined,
        control,
      }),
    ),
  );
}

/** @param {string} name */
function labelOf(name) {
  return FILTERS.includes(name) ? t(`ui.restriction.${name}`) : t(`ui.links.${name}`);
}

/** What a link restricts, a line for each; nothing where it restricts nothing.
 * @param {LinkFields} link
 */
export function restrictionLines({ restrictions }) {
  const set = Object.entries(restrictions ?? {}).filter(([name]) => NAMES.includes(name));
  return set.map(([name, value]) =>
    el("p", {}, t("ui.links.restricts", { what: labelOf(name), how: valueWords(name, value) })),
  );
}

/**
 * @param {string} name
 * @param {unknown} value
 */
function valueWords(name, value) {
  if (SWITCHES.includes(name)) return value ? t("ui.links.allowed") : t("ui.links.not_allowed");
  return name === "live_tv" ? t(`ui.links.live_tv.${value}`) : String(value);
}

/**
 * @param {string} name
 * @param {string} value
 * @returns {Control}
 */
function controlOf(name, value) {
  if (FILTERS.includes(name))
    return textInput(name, { value, maxlength: 1000, spellcheck: "false" });
  const words = SWITCHES.includes(name)
    ? [
        ["true", t("ui.links.allowed")],
        ["false", t("ui.links.not_allowed")],
      ]
    : LIVE_TV.map((one) => [one, t(`ui.links.live_tv.${one}`)]);
  return select(name, value, [["", t("ui.links.as_it_is")], ...words]);
}

/** The fields' values; null if nothing is chosen, which clears it. @param {HTMLFormElement} form */
export function restrictionsIn(form) {
  const value = (/** @type {string} */ name) => {
    const text = /** @type {Control} */ (form.elements.namedItem(name)).value.trim();
    if (!text) return null;
    return SWITCHES.includes(name) ? text === "true" : text;
  };
  return Object.fromEntries(NAMES.map((name) => [name, value(name)]));
}
