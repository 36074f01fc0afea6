// @ts-check
// A channel's form: its address, its events, and its quiet hours. A saved address is never shown; a
// newly typed one replaces it.

import { t } from "../../texts.js";
import { call } from "../parts/api.js";
import { whileBusy } from "../parts/busy.js";
import { el } from "../parts/dom.js";
import { clearProblem, field, showProblem, textInput } from "../parts/forms.js";
import { notice } from "../parts/notice.js";
import { asProblem } from "../parts/problem.js";
import { eventName } from "./channel.js";
import { quietFields, zoneOf } from "./quiet.js";

/** @typedef {import("../types.js").Channel} Channel */
/** @typedef {import("../types.js").Channels} Channels */
/** @typedef {{ got: Channels, again: (told: HTMLElement) => Promise<void>, close: () => void, channel?: Channel }} Given */

/** @param {Given} given */
export function channelForm(given) {
  const { got, channel, close } = given;
  const place = el("div");
  const save = el("button", { type: "submit" }, t(channel ? "ui.save" : "ui.notices.add"));
  const cancel = el("button", { type: "button", class: "plain", onclick: close }, t("ui.cancel"));
  const form = el(
    "form",
    { novalidate: true, class: "channel-form" },
    place,
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
    el("div", { class: "actions" }, save, cancel),
  );
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    whileBusy(save, t("ui.saving"), () => trySaving(form, place, given));
  });
  return form;
}

/** @param {Channels} got */
function kindField(got) {
  const kinds = got.mail_available ? ["apprise", "webhook", "email"] : ["apprise", "webhook"];
  const control = el(
    "select",
    { name: "kind" },
    ...kinds.map((kind) => el("option", { value: kind }, t(`ui.notices.kind.${kind}`))),
  );
  const hint = got.mail_available ? undefined : t("ui.notices.no_mail");
  return field({ label: t("ui.notices.kind_label"), hint, control });
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

/**
 * @param {Channels} got
 * @param {Channel} [channel]
 */
function languageField(got, channel) {
  const spoken = channel?.language || document.documentElement.lang;
  const options = got.languages.map(({ tag, name }) =>
    el("option", { value: tag, selected: tag === spoken }, name),
  );
  const control = el("select", { name: "language" }, ...options);
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
 * @param {HTMLElement} place
 * @param {Given} given
 */
async function trySaving(form, place, { again, channel }) {
  clearProblem(place, form);
  const path = channel ? `channels/${channel.channel_id}` : "channels";
  try {
    const body = filledIn(form, channel);
    const saved = await (await call(channel ? "PATCH" : "POST", path, { body })).json();
    const secret = saved.signing_secret;
    await again(
      secret
        ? notice("wait", t("ui.notices.secret"), el("p", {}, el("code", {}, secret)))
        : notice("good", t(channel ? "ui.notices.saved" : "ui.notices.added")),
    );
  } catch (thrown) {
    showProblem(place, form, asProblem(thrown));
  }
}
