// @ts-check
// One channel: its state, a test, and what can be changed.

import { pieces, t } from "../../texts.js";
import { call, post } from "../parts/api.js";
import { whileBusy } from "../parts/busy.js";
import { confirmed } from "../parts/dialog.js";
import { el } from "../parts/dom.js";
import { listed, time } from "../parts/format.js";
import { icon } from "../parts/icons.js";
import { notice, tell, tellProblem } from "../parts/notice.js";
import { channelForm, eventName } from "./form.js";

/** @typedef {import("../types.js").Channel} Channel */
/** @typedef {import("../types.js").Channels} Channels */
/** @typedef {(told: HTMLElement) => Promise<void>} Again */

/**
 * @param {Channel} channel
 * @param {Channels} got
 * @param {Again} again
 */
export function channelCard(channel, got, again) {
  const place = el("div");
  const name = channel.label || channel.service || t(`ui.notices.kind.${channel.kind}`);
  return el(
    "section",
    { class: `card channel ${channel.state}` },
    el(
      "div",
      { class: "card-head" },
      el("h2", {}, name),
      el("span", { class: "quiet" }, channel.label ? channel.service : ""),
    ),
    stateLine(channel),
    el("p", { class: "quiet" }, toldOf(channel)),
    channel.read_only && el("p", { class: "quiet" }, t("ui.notices.read_only")),
    place,
    buttons(channel, got, again, place),
  );
}

/** What it is ticked for, in words. @param {Channel} channel */
function toldOf(channel) {
  const names = channel.events.map(eventName);
  const quiet = channel.quiet_hours;
  const told =
    names.length > 0
      ? t("ui.notices.told_of", { what: listed(names) })
      : t("ui.notices.told_of_nothing");
  return quiet
    ? `${told} ${t("ui.notices.quiet_from", { begins: quiet.begins, ends: quiet.ends, zone: quiet.time_zone ?? "UTC" })}`
    : told;
}

/** @param {Channel} channel */
function stateLine(channel) {
  if (!channel.enabled) return el("p", { class: "state" }, icon("denied"), t("ui.notices.off"));
  const since = channel.failing_since;
  if (since) {
    const code = channel.state === "red" ? "ui.notices.red" : "ui.notices.failing";
    const title = t("ui.notices.failing_title");
    const words = el("p", {}, ...pieces(code, { since: time(since) }));
    return notice(
      channel.state === "red" ? "bad" : "wait",
      title,
      words,
      el("p", {}, channel.last_error ?? ""),
    );
  }
  if (!channel.last_ok_at)
    return el("p", { class: "state" }, icon("wait"), t("ui.notices.untried"));
  const words = pieces("ui.notices.ok", { at: time(channel.last_ok_at) });
  return el("p", { class: "state good" }, icon("good"), el("span", {}, ...words));
}

/**
 * @param {Channel} channel
 * @param {Channels} got
 * @param {Again} again
 * @param {HTMLElement} place
 */
function buttons(channel, got, again, place) {
  const path = `channels/${channel.channel_id}`;
  const test = el("button", { type: "button" }, t("ui.notices.test"));
  test.addEventListener("click", () =>
    whileBusy(test, t("ui.notices.testing"), () => tried(path, place)),
  );
  const all = el("div", { class: "actions" }, test);
  if (channel.read_only) return all;
  const edit = el("button", { type: "button", class: "plain" }, t("ui.change"));
  const remove = el("button", { type: "button", class: "plain" }, t("ui.delete"));
  edit.addEventListener("click", () => {
    const close = () => {
      place.replaceChildren();
      all.hidden = false;
      edit.focus();
    };
    const form = channelForm({ got, again, close, channel });
    place.replaceChildren(form);
    all.hidden = true;
    /** @type {HTMLElement | null} */ (form.querySelector("input"))?.focus();
  });
  remove.addEventListener("click", async () => {
    const detail = t("ui.notices.delete_detail");
    if (!(await confirmed(t("ui.notices.delete_title"), detail, t("ui.delete")))) return;
    try {
      await call("DELETE", path);
      await again(notice("good", t("ui.notices.deleted")));
    } catch (thrown) {
      tellProblem(place, thrown);
    }
  });
  all.append(edit, remove);
  return all;
}

/**
 * @param {string} path
 * @param {HTMLElement} place
 */
async function tried(path, place) {
  try {
    const { ok, message } = await post(`${path}/test`);
    tell(place, notice(ok ? "good" : "bad", message));
  } catch (thrown) {
    tellProblem(place, thrown);
  }
}
