// @ts-check
// The fields of a link: what it gives, to whom and for how long; all else is folded away.

import { t } from "../../texts.js";
import { el } from "../parts/dom.js";
import { field, textInput } from "../parts/forms.js";
import { libraryTicks, ticked } from "../parts/ticks.js";

/** @typedef {import("../types.js").Link} Link */
/** @typedef {import("../types.js").LinkFields} LinkFields */
/** @typedef {import("../types.js").ListedLibrary} ListedLibrary */

const DAYS = [7, 30, 90, 365];
const LIVE_TV = ["none", "watch", "record"];
const SWITCHES = { downloads: t("ui.links.downloads"), subtitles: t("ui.links.subtitles") };

/**
 * @param {LinkFields} given the fields' values
 * @param {ListedLibrary[]} libraries
 */
export function linkFields(given, libraries) {
  const chosen = libraries.map((one) => ({
    ...one,
    shared: given.libraries ? given.libraries.includes(one.id) : one.shared,
  }));
  return [
    field({
      label: t("ui.links.field.label"),
      hint: t("ui.links.hint.label"),
      control: textInput("label", { value: given.label ?? "", maxlength: 80 }),
    }),
    libraryTicks(chosen, t("ui.links.field.libraries"), "libraries"),
    el("p", { class: "hint" }, t("ui.links.hint.libraries")),
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
    more(given),
  ];
}

/** @param {LinkFields} given */
function more(given) {
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
      ...Object.entries(SWITCHES).map(([name, label]) => switchField(name, label, given)),
      field({
        label: t("ui.links.live_tv"),
        control: select("live_tv", restriction(given, "live_tv"), [
          ["", t("ui.links.as_it_is")],
          ...LIVE_TV.map((one) => [one, t(`ui.links.live_tv.${one}`)]),
        ]),
      }),
    ),
  );
}

/**
 * @param {string} name
 * @param {string} label
 * @param {LinkFields} given
 */
function switchField(name, label, given) {
  return field({
    label,
    control: select(name, restriction(given, name), [
      ["", t("ui.links.as_it_is")],
      ["true", t("ui.links.allowed")],
      ["false", t("ui.links.not_allowed")],
    ]),
  });
}

/**
 * What the link says about it; "" where it says nothing.
 * @param {LinkFields} given
 * @param {string} name
 */
function restriction(given, name) {
  return String(new Map(Object.entries(given.restrictions ?? {})).get(name) ?? "");
}

/** @param {number | null | undefined} days */
function daysSelect(days) {
  const offered = days && !DAYS.includes(days) ? [...DAYS, days].sort((a, b) => a - b) : DAYS;
  return select("access_days", days ? String(days) : "", [
    ["", t("ui.links.no_end")],
    ...offered.map((one) => [String(one), t("ui.links.for_days", { count: one })]),
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
 * @param {string} chosen
 * @param {string[][]} choices value and words of each
 */
function select(name, chosen, choices) {
  const options = choices.map(([value = "", words = ""]) =>
    el("option", { value, selected: value === chosen }, words),
  );
  return el("select", { name }, ...options);
}

/**
 * @param {string} name
 * @param {number | null | undefined} value
 */
function digits(name, value) {
  return textInput(name, { value: value ? String(value) : "", inputmode: "numeric" });
}

/** The day of a moment, by the reader's calendar. @param {string | null | undefined} at */
function dayOf(at) {
  if (!at) return "";
  const day = new Date(at);
  const two = (/** @type {number} */ part) => String(part).padStart(2, "0");
  return `${day.getFullYear()}-${two(day.getMonth() + 1)}-${two(day.getDate())}`;
}

/** The last second of a day, by the reader's calendar. @param {string} day */
function endOf(day) {
  const [year = 0, month = 1, date = 1] = day.split("-").map(Number);
  return new Date(year, month - 1, date, 23, 59, 59).toISOString();
}

/**
 * What the fields say, as the API takes it: null is no limit.
 * @param {HTMLFormElement} form
 * @param {ListedLibrary[]} libraries
 * @param {LinkFields} given what stood in the fields; what has no field stays as it was there
 */
export function typedIn(form, libraries, given) {
  const text = (/** @type {string} */ name) => {
    const control = /** @type {HTMLInputElement} */ (form.elements.namedItem(name));
    return control.value.trim();
  };
  const code = text("code");
  const day = text("expires_at");
  const tick = /** @type {HTMLInputElement} */ (form.elements.namedItem("require_sign_in"));
  return {
    label: text("label"),
    libraries: chosenOf(ticked(form), libraries),
    access_days: numberOf(text("access_days")),
    uses_limit: numberOf(text("uses_limit")),
    expires_at: day ? endOf(day) : null,
    approval: text("approval"),
    welcome: text("welcome"),
    require_sign_in: tick.checked,
    restrictions: restrictionsOf(text, given),
    ...(given.server_id ? { server_id: given.server_id } : {}),
    // Without a word of the owner's own one is made; of a link that there is the code stays.
    ...(code ? { code } : {}),
  };
}

/** What is no number stays as it was typed: the API says so. @param {string} text */
function numberOf(text) {
  if (!text) return null;
  return /^\d+$/.test(text) ? Number(text) : text;
}

/**
 * Null where the ticks are those that are shared anyway: then later changes count, too.
 * @param {number[]} ids
 * @param {ListedLibrary[]} libraries
 */
function chosenOf(ids, libraries) {
  const shared = libraries.filter((one) => one.shared && !one.gone).map((one) => one.id);
  const same = ids.length === shared.length && ids.every((id) => shared.includes(id));
  return same ? null : ids;
}

/**
 * @param {(name: string) => string} text
 * @param {LinkFields} given
 */
function restrictionsOf(text, given) {
  const others = Object.entries(given.restrictions ?? {}).filter(
    ([name]) => name !== "live_tv" && !Object.hasOwn(SWITCHES, name),
  );
  const set = Object.keys(SWITCHES).filter((name) => text(name));
  const live = text("live_tv");
  return {
    ...Object.fromEntries(others),
    ...Object.fromEntries(set.map((name) => [name, text(name) === "true"])),
    ...(live ? { live_tv: live } : {}),
  };
}
