// @ts-check
// What a person may do on all servers: what the owner's Plex subscription offers, and presets.

import { t } from "../../texts.js";
import { get } from "../parts/api.js";
import { foldedCard } from "../parts/card.js";
import { el } from "../parts/dom.js";
import { field, formOf, select, textInput } from "../parts/forms.js";
import { order } from "../people/orders.js";
import { presetParts } from "./presets.js";

/** @typedef {import("../types.js").Person} Person */
/** @typedef {import("../types.js").Preset} Preset */
/** @typedef {import("./person.js").Ways} Ways */
/** @typedef {{ plex_pass: boolean, offered: Record<string, boolean> }} Offered */

const LIVE_TV = ["none", "watch", "record"];
/** @type {Record<string, "tick" | "choice" | "filter">} */
const FIELDS = {
  downloads: "tick",
  subtitles: "tick",
  live_tv: "choice",
  movies: "filter",
  television: "filter",
  music: "filter",
};

/** @param {Person} person @param {Ways} ways */
export function restrictionsCard(person, ways) {
  const load = async () => {
    const [offered, { presets }] = await Promise.all([get("restrictions"), get("presets")]);
    return {
      offered: /** @type {Offered} */ (offered),
      presets: /** @type {Preset[]} */ (presets),
    };
  };
  return foldedCard(t("ui.person.restrictions"), 4, load, ({ offered, presets }) =>
    shown(person, offered, presets, ways),
  );
}

/** @param {Person} person @param {Offered} offered @param {Preset[]} presets @param {Ways} ways */
function shown(person, offered, presets, ways) {
  if (!person.plex_user_id) return [el("p", {}, t("ui.person.no_account"))];
  const names = Object.keys(FIELDS).filter((name) => offered.offered[name]);
  const missing = Object.keys(FIELDS).length - names.length;
  return [
    el("p", { class: "quiet" }, t("ui.person.restrictions_hint")),
    missing > 0 && el("p", { class: "quiet" }, t("ui.person.pass_needed", { count: missing })),
    ...(names.length > 0 ? forms(person, names, presets, ways) : []),
  ].filter((one) => one !== false);
}

/** @param {Person} person @param {string[]} names @param {Preset[]} presets @param {Ways} ways */
function forms(person, names, presets, { path, done }) {
  /** @type {Record<string, any>} */
  const now = person.restrictions ?? {};
  const controls = new Map(names.map((name) => [name, control(name, now[name])]));
  const typed = () => Object.fromEntries([...controls].map(([name, one]) => [name, valueIn(one)]));
  const { choice, keep } = presetParts(presets, (given) => fillIn(controls, given), typed);
  const fields = [...controls].map(([name, made]) =>
    field({ label: t(`ui.restriction.${name}`), control: made, hint: hintOf(name) }),
  );
  const made = formOf({
    fields: [choice, ...fields],
    button: el("button", { type: "submit" }, t("ui.save")),
    busy: t("ui.asking_plex"),
    send: async () => done(await order("PUT", `${path}/restrictions`, typed())),
  });
  return [made, keep];
}

/**
 * @param {Map<string, HTMLInputElement | HTMLSelectElement>} controls
 * @param {Preset["restrictions"]} given
 */
function fillIn(controls, given) {
  for (const [name, value] of Object.entries(given)) {
    const one = controls.get(name);
    if (one instanceof HTMLInputElement && one.type === "checkbox") one.checked = value === true;
    else if (one) one.value = String(value);
  }
}

/** @param {string} name */
function hintOf(name) {
  return FIELDS[name] === "filter" ? t("ui.restriction.filter_hint") : undefined;
}

/** @param {string} name @param {any} value */
function control(name, value) {
  if (FIELDS[name] === "tick")
    return el("input", { type: "checkbox", name, checked: value === true });
  if (FIELDS[name] === "filter")
    return textInput(name, { value: value ?? "", spellcheck: "false" });
  return select(
    name,
    value,
    LIVE_TV.map((one) => [one, t(`ui.live_tv.${one}`)]),
  );
}

/** @param {HTMLInputElement | HTMLSelectElement} control */
function valueIn(control) {
  return control instanceof HTMLInputElement && control.type === "checkbox"
    ? control.checked
    : control.value.trim();
}
