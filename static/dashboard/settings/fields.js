// @ts-check
// The settings' fields, made from the API's description of them.

import { has, t } from "../../texts.js";
import { el } from "../parts/dom.js";
import { field, textInput } from "../parts/forms.js";
import { named } from "../parts/words.js";

/** @typedef {import("../types.js").SavedSettings} SavedSettings */
/** @typedef {import("../types.js").Settings} Settings */
/** @typedef {keyof Settings} Name */
/**
 * A field as OpenAPI has it.
 * @typedef {{ type?: string, maxLength?: number, maximum?: number, enum?: string[],
 *   "x-section"?: string, "x-several-lines"?: boolean }} Field
 */
/** @typedef {Record<Name, Field>} Fields */

const WHOLE = /^\s*\d+\s*$/;

/** @param {AbortSignal} signal @returns {Promise<Fields>} */
export async function readFields(signal) {
  const answer = await fetch("/api/openapi.json", { signal });
  return (await answer.json()).components.schemas.SettingsIn.properties;
}

/** @param {Fields} fields @returns {Name[]} */
export function namesOf(fields) {
  return /** @type {Name[]} */ (Object.keys(fields));
}

/**
 * @param {Fields} fields
 * @param {SavedSettings} saved
 * @param {Settings} shown the fields' values
 */
export function settingsFields(fields, saved, shown) {
  const sections = new Map(namesOf(fields).map((name) => [fields[name]["x-section"], ""]));
  const made = [...sections.keys()].map((section) =>
    el(
      "fieldset",
      {},
      el("legend", {}, t(`ui.settings.section.${section}`)),
      ...namesOf(fields)
        .filter((name) => fields[name]["x-section"] === section)
        .map((name) => labelled(name, fields[name], saved, shown)),
    ),
  );
  for (const one of made) joinCode(one, saved);
  return made;
}

/**
 * A code that is typed is also asked for, and without one there is nothing to tick.
 * @param {HTMLElement} part
 * @param {SavedSettings} saved
 */
function joinCode(part, { code_source: source }) {
  const code = /** @type {HTMLInputElement | null} */ (part.querySelector("#invite_code"));
  const asked = /** @type {HTMLInputElement | null} */ (part.querySelector("#code_required"));
  if (!code || !asked) return;
  if (source === "environment") {
    code.disabled = true;
    return;
  }
  let hadCode = code.value.trim() !== "";
  code.addEventListener("input", () => {
    const hasCode = code.value.trim() !== "";
    if (hasCode !== hadCode) asked.checked = hasCode;
    hadCode = hasCode;
  });
}

/**
 * @param {Name} name
 * @param {Field} about
 * @param {SavedSettings} saved
 * @param {Settings} shown
 */
function labelled(name, about, saved, shown) {
  return field({
    label: named("ui.field", name),
    hint: hintOf(name, about, saved),
    control: control(name, about, saved, shown),
  });
}

/**
 * @param {Name} name
 * @param {Field} about
 * @param {SavedSettings} saved
 */
function hintOf(name, about, saved) {
  const key = hintName(name, saved);
  const code = `ui.field_hint.${key}`;
  if (!has(code)) return undefined;
  return t(code, { most: about.maximum ?? "", standard: standard(name, saved) });
}

/** @param {Name} name @param {SavedSettings} saved */
function hintName(name, saved) {
  if (name === "code_required" && !saved.code_available) return "code_required_lacking";
  if (name !== "invite_code") return name;
  if (saved.code_unreadable) return "invite_code_unreadable";
  return saved.code_source === "environment" ? "invite_code_environment" : name;
}

/** What applies while the field is empty. @param {Name} name @param {SavedSettings} saved */
function standard(name, saved) {
  return String(new Map(Object.entries(saved)).get(`default_${name}`) ?? "");
}

/**
 * @param {Name} name
 * @param {Field} about
 * @param {SavedSettings} saved
 * @param {Settings} shown
 */
function control(name, about, saved, shown) {
  const value = shown[name];
  if (about.type === "boolean")
    return el("input", { type: "checkbox", name, checked: Boolean(value) });
  // Text, not type=number, which would lose invalid input.
  if (about.type === "integer")
    return textInput(name, { value: String(value), inputmode: "numeric", class: "digits" });
  const { maxLength: maxlength } = about;
  if (about["x-several-lines"]) return el("textarea", { name, rows: 3, maxlength, value });
  return textInput(name, { value, maxlength, placeholder: standard(name, saved) });
}

/**
 * The fields' values; an invalid number stays as typed.
 * @param {Fields} fields
 * @param {HTMLFormElement} form
 * @returns {Settings}
 */
export function typedIn(fields, form) {
  const typed = namesOf(fields).map((name) => {
    const control = /** @type {HTMLInputElement} */ (form.elements.namedItem(name));
    if (control.type === "checkbox") return [name, control.checked];
    const isNumber = fields[name].type === "integer" && WHOLE.test(control.value);
    return [name, isNumber ? Number(control.value) : control.value];
  });
  return Object.fromEntries(typed);
}
