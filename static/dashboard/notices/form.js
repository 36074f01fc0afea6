// @ts-check
// A channel's form: its address, its events, and its quiet hours. A saved address is never shown; a
// newly typed one replaces it.

import { has, t } from "../../texts.js";
import { call } from "../parts/api.js";
import { el } from "../parts/dom.js";
import { field, formOf, select, textInput } from "../parts/forms.js";
import { notice } from "../parts/notice.js";
import { quietFields, zoneOf } from "./quiet.js";

/** @typedef {import("../types.js").Channel} Channel */
/** @typedef {import("../types.js").Channels} Channels */
/** @typedef {{ got: Channels, again: (told: HTMLElement) => Promise<void>, close: () => void, channel?: Channel }} Given */

/** @param {Given} given */
export function channelForm(given) {
  const { got, channel, close } = given;
  const cancel = el("button", { type: "button", class: "plain", onclick: close }, t("ui.cancel"));
  const fields = [
    !channel && kindField(got),
    addressField(channel),
    field({
      label: t("ui.notices.label"),
      hint: t("ui.notices.label_hint"),
      control: textInput("label", { value: channel?.label ?? "", maxlength: 80 }),
    }),
    ticks(got, channel),
    quietFields(channel),
    languageField(got, channel),
    channel && enabledField(channel),
  ];
  return formOf({
    attributes: { class: "channel-form" },
    fields,
    button: el("button", { type: "submit" }, t(channel ? "ui.save" : "ui.notices.add")),
    beside: cancel,
    busy: t("ui.saving"),
    send: (form) => save(form, given),
  });
}

/** @param {Channels} got */
function kindField(got) {
  const kinds = got.mail_available ? ["apprise", "webhook", "email"] : ["apprise", "webhook"];
  const choices = kinds.map((kind) => [kind, t(`ui.notices.kind.${kind}`)]);
  const hint = got.mail_available ? undefined : t("ui.notices.no_mail");
  return field({
    label: t("ui.notices.kind_label"),
    hint,
    control: select("kind", "apprise", choices),
  });
}

/** @param {Channel} [channel] */
function addressField(channel) {
  const control = textInput("address", { spellcheck: "false", autocapitalize: "none" });
  const hint = channel ? t("ui.notices.address_kept") : t("ui.notices.address_hint");
  return field({ label: t("ui.notices.address"), hint, control });
}

/**
 * @param {Channels} got
 * @param {Channel} [channel]
 */
function ticks(got, channel) {
  const ticked = new Set(channel?.events ?? got.default_events);
  const boxes = got.events.map((name) => {
    const id = `event-${name}`;
    const box = { type: "checkbox", id, name: "events", value: name, checked: ticked.has(name) };
    return el("li", {}, el("input", box), el("label", { for: id }, eventName(name)));
  });
  return el(
    "fieldset",
    { id: "events", tabindex: "-1" },
    el("legend", {}, t("ui.notices.events")),
    el("ul", { class: "ticks" }, ...boxes),
  );
}

/** A kind of notice; an unknown one by its own name. @param {string} name */
export function eventName(name) {
  return has(`ui.notices.event.${name}`) ? t(`ui.notices.event.${name}`) : name;
}

/**
 * @param {Channels} got
 * @param {Channel} [channel]
 */
function languageField(got, channel) {
  const spoken = channel?.language || document.documentElement.lang;
  const choices = got.languages.map(({ tag, name }) => [tag, name]);
  const control = select("language", spoken, choices);
  return field({ label: t("ui.notices.language"), control });
}

/** @param {Channel} channel */
function enabledField(channel) {
  const control = el("input", { type: "checkbox", name: "enabled", checked: channel.enabled });
  return field({ label: t("ui.notices.enabled"), control });
}

/** The form's values, as the API expects them. @param {HTMLFormElement} form @param {Channel}
 * [channel] */
function filledIn(form, channel) {
  const given = new FormData(form);
  const text = (/** @type {string} */ name) => String(given.get(name) ?? "").trim();
  const begins = text("begins");
  const ends = text("ends");
  const quiet = begins && ends ? { begins, ends, time_zone: zoneOf(channel) } : null;
  const [label, language] = [text("label"), text("language")];
  const filled = { label, language, events: given.getAll("events"), quiet_hours: quiet };
  if (!channel) return { ...filled, kind: text("kind"), address: text("address") };
  const address = text("address") ? { address: text("address") } : {};
  return { ...filled, ...address, enabled: given.has("enabled") };
}

/**
 * @param {HTMLFormElement} form
 * @param {Given} given
 */
async function save(form, { again, channel }) {
  const path = channel ? `channels/${channel.channel_id}` : "channels";
  const body = filledIn(form, channel);
  const saved = await (await call(channel ? "PATCH" : "POST", path, { body })).json();
  const secret = saved.signing_secret;
  await again(
    secret
      ? notice("wait", t("ui.notices.secret"), el("p", {}, el("code", {}, secret)))
      : notice("good", t(channel ? "ui.notices.saved" : "ui.notices.added")),
  );
}
