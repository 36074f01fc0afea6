// @ts-check
// The settings' fields, and what stands in them.

import { t } from "../../texts.js";
import { el } from "../parts/dom.js";
import { field, textInput } from "../parts/forms.js";
import { named } from "../parts/words.js";

/** @typedef {import("../types.js").SavedSettings} SavedSettings */
/** @typedef {import("../types.js").Settings} Settings */

/** @type {(keyof Settings)[]} */
export const TEXTS = ["title", "welcome"];
/** @type {(keyof Settings)[]} */
export const SWITCHES = ["code_required", "approval_required", "paused"];
/** @type {(keyof Settings)[]} */
export const NUMBERS = ["daily_cap", "retention_days"];
export const ALL = [...TEXTS, ...SWITCHES, ...NUMBERS];

const WHOLE = /^\s*\d+\s*$/;

/**
 * @param {SavedSettings} saved
 * @param {Settings} shown what stands in the fields
 */
export function settingsFields(saved, shown) {
  const title = textInput("title", {
    value: shown.title,
    maxlength: 80,
    placeholder: saved.default_title,
  });
  const welcome = el("textarea", {
    name: "welcome",
    rows: 3,
    maxlength: 500,
    value: shown.welcome,
  });
  return [
    group(
      t("ui.settings.page"),
      labelled("title", title, t("ui.settings.title_hint", { title: saved.default_title })),
      labelled("welcome", welcome, t("ui.settings.welcome_hint")),
    ),
    group(
      t("ui.settings.who"),
      labelled("code_required", tick("code_required", shown), codeHint(saved)),
      labelled("approval_required", tick("approval_required", shown), APPROVAL),
      labelled("paused", tick("paused", shown), t("ui.settings.paused_hint")),
    ),
    group(
      t("ui.settings.limits"),
      labelled(
        "daily_cap",
        digits("daily_cap", shown),
        t("ui.settings.daily_cap_hint", { most: 10000 }),
      ),
      labelled(
        "retention_days",
        digits("retention_days", shown),
        t("ui.settings.retention_hint", { most: 3650 }),
      ),
    ),
  ];
}

const APPROVAL = t("ui.settings.approval_hint");

/** @param {SavedSettings} saved */
function codeHint({ code_available: available }) {
  return available ? t("ui.settings.code_hint") : t("ui.settings.no_code_hint");
}

/**
 * @param {string} title
 * @param {...Node} fields
 */
function group(title, ...fields) {
  return el("fieldset", {}, el("legend", {}, title), ...fields);
}

/**
 * @param {keyof Settings} name
 * @param {import("../parts/forms.js").Control} control
 * @param {string} hint
 */
function labelled(name, control, hint) {
  return field({ label: named("ui.field", name), hint, control });
}

/**
 * @param {keyof Settings} name
 * @param {Settings} shown
 */
function tick(name, shown) {
  return el("input", { type: "checkbox", name, checked: Boolean(shown[name]) });
}

/**
 * Text, not type=number: that would lose what cannot be read as one.
 * @param {keyof Settings} name
 * @param {Settings} shown
 */
function digits(name, shown) {
  return textInput(name, { value: String(shown[name]), inputmode: "numeric", class: "digits" });
}

/** What stands in the fields; a number that is none stays as typed. @param {HTMLFormElement} form @returns {Settings} */
export function typedIn(form) {
  const typed = ALL.map((name) => {
    const control = /** @type {HTMLInputElement} */ (form.elements.namedItem(name));
    if (control.type === "checkbox") return [name, control.checked];
    const isNumber = NUMBERS.includes(name) && WHOLE.test(control.value);
    return [name, isNumber ? Number(control.value) : control.value];
  });
  return Object.fromEntries(typed);
}
