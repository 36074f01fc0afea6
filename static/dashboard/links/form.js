// @ts-check
// The fields of a link: what it gives, to whom and for how long; the rest is folded away.

import { t } from "../../texts.js";
import { dayOf, endOfDay } from "../parts/days.js";
import { el } from "../parts/dom.js";
import { field, select, textInput } from "../parts/forms.js";
import { libraryChoice } from "./libraries.js";
import { restrictionFields, restrictionsIn } from "./restrictions.js";

/** @typedef {import("../types.js").Link} Link */
/** @typedef {import("../types.js").LinkFields} LinkFields */
/** @typedef {import("./choices.js").Choices} Choices */

const DAYS = [7, 30, 90, 365];

/**
 * The fields, and how to read them in the form that the API expects.
 * @param {LinkFields} given the fields' values
 * @param {Choices} choices
 * @returns {{ fields: Node[], typedIn: (form: HTMLFormElement) => object }}
 */
export function linkFields(given, choices) {
  const libraries = libraryChoice(given, choices);
  return {
    fields: [...fieldsOf(given, libraries.fields), more(given, choices)],
    typedIn: (form) => ({
      ...typed(form),
      ...libraries.typedIn(form),
      restrictions: restrictionsIn(form),
    }),
  };
}

/**
 * @param {LinkFields} given
 * @param {Node[]} libraries
 */
function fieldsOf(given, libraries) {
  return [
    field({
      label: t("ui.links.field.label"),
      hint: t("ui.links.hint.label"),
      control: textInput("label", { value: given.label ?? "", maxlength: 80 }),
    }),
    ...libraries,
    el(
      "div",
      { class: "row-of-fields" },
      field({ label: t("ui.links.field.access_days"), control: daysSelect(given.access_days) }),
      field({
        label: t("ui.links.field.uses_limit"),
        hint: t("ui.links.hint.uses_limit"),
        control: digits("uses_limit", given.uses_limit),
      }),
    ),
  ];
}

/**
 * @param {LinkFields} given
 * @param {Choices} choices
 */
function more(given, { presets }) {
  return el(
    "details",
    { class: "more" },
    el("summary", {}, t("ui.links.more")),
    el(
      "div",
      { class: "stack" },
      field({
        label: t("ui.links.field.expires_at"),
        hint: t("ui.links.hint.expires_at"),
        control: textInput("expires_at", { type: "date", value: dayOf(given.expires_at) }),
      }),
      field({ label: t("ui.links.field.approval"), control: approvalSelect(given.approval) }),
      field({
        label: t("ui.links.field.code"),
        hint: t("ui.links.hint.code"),
        control: textInput("code", {
          value: given.code ?? "",
          maxlength: 64,
          autocapitalize: "none",
          spellcheck: "false",
        }),
      }),
      field({
        label: t("ui.links.field.welcome"),
        hint: t("ui.links.hint.welcome"),
        control: el("textarea", {
          name: "welcome",
          rows: 3,
          maxlength: 500,
          value: given.welcome ?? "",
        }),
      }),
      field({
        label: t("ui.links.field.require_sign_in"),
        hint: t("ui.links.hint.require_sign_in"),
        control: el("input", {
          type: "checkbox",
          name: "require_sign_in",
          checked: given.require_sign_in ?? false,
        }),
      }),
      restrictionFields(given, presets),
    ),
  );
}

/** @param {number | null | undefined} days */
function daysSelect(days) {
  const offered = days && !DAYS.includes(days) ? [...DAYS, days].sort((a, b) => a - b) : DAYS;
  return select("access_days", days ? String(days) : "", [
    ["", t("ui.links.no_end")],
    ...offered.map((one) => [String(one), t("ui.days", { count: one })]),
  ]);
}

/** @param {string | undefined} approval */
function approvalSelect(approval = "as_set") {
  return select(
    "approval",
    approval,
    ["as_set", "no", "yes"].map((one) => [one, t(`ui.links.approval.${one}`)]),
  );
}

/**
 * @param {string} name
 * @param {number | null | undefined} value
 */
function digits(name, value) {
  return textInput(name, { value: value ? String(value) : "", inputmode: "numeric" });
}

/** The fields' values except libraries and restrictions: null is no limit. @param {HTMLFormElement}
 * form */
function typed(form) {
  const text = (/** @type {string} */ name) => {
    const control = /** @type {HTMLInputElement} */ (form.elements.namedItem(name));
    return control.value.trim();
  };
  const code = text("code");
  const tick = /** @type {HTMLInputElement} */ (form.elements.namedItem("require_sign_in"));
  return {
    label: text("label"),
    access_days: numberOf(text("access_days")),
    uses_limit: numberOf(text("uses_limit")),
    expires_at: endOfDay(text("expires_at")),
    approval: text("approval"),
    welcome: text("welcome"),
    require_sign_in: tick.checked,
    // Without a word of the owner's own, a code is generated; an existing link keeps its code.
    ...(code ? { code } : {}),
  };
}

/** An invalid number stays as typed: the API reports it. @param {string} text */
function numberOf(text) {
  if (!text) return null;
  return /^\d+$/.test(text) ? Number(text) : text;
}
