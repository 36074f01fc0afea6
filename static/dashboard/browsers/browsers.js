// @ts-check
// The browsers that are signed in to this dashboard, and how to sign them out.

import { pieces, t } from "../../texts.js";
import { call, get } from "../parts/api.js";
import { whileBusy } from "../parts/busy.js";
import { confirmed } from "../parts/dialog.js";
import { el } from "../parts/dom.js";
import { time } from "../parts/format.js";
import { fill, lines } from "../parts/loader.js";
import { notice, tellProblem } from "../parts/notice.js";

/** @typedef {import("../types.js").Browser} Browser */

/** @type {import("../types.js").About} */
export const about = { at: "browsers", title: "ui.browsers.title", near: "settings" };
/** @type {import("../types.js").Shown} */
export const view = { open };

/** @param {import("../types.js").Opened} opened */
function open({ place, signal }) {
  const part = el("div", { class: "stack" });
  place.append(el("p", { class: "lead" }, t("ui.browsers.lead")), part);
  fill({
    place: part,
    signal,
    skeleton: () => [lines(4, "card")],
    load: () => get("browsers", signal),
    show: (got) => shown(got.browsers, part),
  });
}

/**
 * @param {Browser[]} found
 * @param {HTMLElement} part
 */
function shown(found, part) {
  const place = el("div");
  return [place, ...found.map((one) => card(one, part, place)), everywhere(place)];
}

/** @param {Browser} one */
function nameOf({ browser, system }) {
  if (browser && system) return t("ui.browsers.device", { browser, system });
  return browser || system || t("ui.browsers.unknown");
}

/**
 * @param {Browser} one
 * @param {HTMLElement} part
 * @param {HTMLElement} place where errors are shown
 */
function card(one, part, place) {
  const name = nameOf(one);
  const button = el("button", { type: "button", class: "plain" }, t("ui.sign_out"));
  button.setAttribute("aria-label", t("ui.browsers.sign_out", { device: name }));
  button.addEventListener("click", () =>
    act(button, place, async () => {
      await call("DELETE", `browsers/${one.browser_id}`);
      if (one.current) return leave();
      const told = notice("good", t("ui.browsers.signed_out", { device: name }));
      const { browsers: now } = await get("browsers");
      part.replaceChildren(told, ...shown(now, part));
      told.focus();
    }),
  );
  return el(
    "section",
    { class: "card browser" },
    el("h2", {}, name),
    one.current && el("p", {}, el("span", { class: "badge good" }, t("ui.browsers.this"))),
    el("p", {}, ...pieces(`ui.browsers.way.${one.way}`, { time: time(one.signed_in_at) })),
    el("p", {}, ...pieces("ui.last_used", { time: time(one.seen_at) })),
    el("div", { class: "actions" }, button),
  );
}

/** @param {HTMLElement} place */
function everywhere(place) {
  const words = t("ui.browsers.everywhere");
  const button = el("button", { type: "button", class: "danger" }, words);
  button.addEventListener("click", async () => {
    const detail = t("ui.browsers.everywhere_detail");
    if (!(await confirmed(t("ui.browsers.everywhere_title"), detail, words))) return;
    await act(button, place, async () => {
      await call("DELETE", "browsers");
      leave();
    });
  });
  return el(
    "section",
    { class: "card" },
    el("p", {}, t("ui.browsers.unfamiliar")),
    el("div", { class: "actions" }, button),
  );
}

/**
 * @param {HTMLButtonElement} button
 * @param {HTMLElement} place
 * @param {() => Promise<void>} action
 */
async function act(button, place, action) {
  await whileBusy(button, t("ui.signing_out"), async () => {
    try {
      await action();
    } catch (thrown) {
      tellProblem(place, thrown);
    }
  });
}

/** Loads a new document, so that nothing of this one stays in memory. */
function leave() {
  window.location.assign(window.location.pathname);
}
