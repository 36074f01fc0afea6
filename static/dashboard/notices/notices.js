// @ts-check
// The owner's notice channels, and a form to add one.

import { pieces, t } from "../../texts.js";
import { get } from "../parts/api.js";
import { el } from "../parts/dom.js";
import { icon } from "../parts/icons.js";
import { fill, lines } from "../parts/loader.js";
import { notice } from "../parts/notice.js";
import { channelCard } from "./channel.js";
import { channelForm } from "./form.js";

/** @typedef {import("../types.js").Channels} Channels */

/** @type {import("../types.js").About} */
export const about = { at: "notices", title: "ui.notices.title", near: "settings" };
/** @type {import("../types.js").Shown} */
export const view = { open };

/** @param {import("../types.js").Opened} opened */
function open({ place, signal }) {
  const part = el("div", { class: "stack" });
  place.append(el("p", { class: "lead" }, t("ui.notices.lead")), part);
  fill({
    place: part,
    signal,
    skeleton: () => [lines(4, "card")],
    load: () => get("channels", signal),
    show: (got) => shown(got, part),
  });
}

/**
 * @param {Channels} got
 * @param {HTMLElement} part
 */
function shown(got, part) {
  /** @param {HTMLElement} told */
  const again = async (told) => {
    part.replaceChildren(told, ...shown(await get("channels"), part));
    told.focus();
  };
  const cards = got.channels.map((channel) => channelCard(channel, got, again));
  const none = el("p", { class: "card empty" }, t("ui.notices.empty"));
  return [
    !got.links_available && linksHint(),
    ...(cards.length > 0 ? cards : [none]),
    addButton(got, again),
  ].filter((one) => one !== false);
}

/** Without a public address, messages have no buttons. */
function linksHint() {
  return notice(
    "wait",
    t("ui.notices.no_links"),
    el(
      "p",
      {},
      ...pieces("ui.notices.no_links_detail", { name: el("code", {}, "HELPR_PUBLIC_URL") }),
    ),
  );
}

/**
 * @param {Channels} got
 * @param {(told: HTMLElement) => Promise<void>} again
 */
function addButton(got, again) {
  const place = el("div");
  const button = el("button", { type: "button" }, icon("add"), t("ui.notices.add"));
  const close = () => {
    place.replaceChildren(button);
    button.focus();
  };
  button.addEventListener("click", () => {
    const form = channelForm({ got, again, close });
    place.replaceChildren(
      el("section", { class: "card" }, el("h2", {}, t("ui.notices.new")), form),
    );
    /** @type {HTMLElement | null} */ (form.querySelector("select, input"))?.focus();
  });
  place.append(button);
  return place;
}
