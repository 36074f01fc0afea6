// @ts-check
// A card of this view: shows the API's answer for a path, and loads it again after a change.

import { t } from "../../texts.js";
import { get } from "../parts/api.js";
import { el } from "../parts/dom.js";
import { fill, lines } from "../parts/loader.js";

/** Loads and shows the current state, below a message.
 * @typedef {(...told: HTMLElement[]) => Promise<void>} Again */

/** @param {() => unknown} leave */
export function cancelButton(leave) {
  return el("button", { type: "button", class: "plain", onclick: leave }, t("ui.cancel"));
}

/**
 * @template T
 * @param {string} title
 * @param {string} path
 * @param {AbortSignal} signal
 * @param {(got: T, part: HTMLElement, again: Again) => Node[]} shown
 */
export function card(title, path, signal, shown) {
  const part = el("div", { class: "stack" });
  /** @type {Again} */
  const again = async (...told) => {
    part.replaceChildren(...told, ...shown(await get(path), part, again));
    told[0]?.focus();
  };
  fill({
    place: part,
    signal,
    skeleton: () => [lines(3)],
    load: () => get(path, signal),
    show: (got) => shown(got, part, again),
  });
  return el("section", { class: "card way-in" }, el("h2", {}, title), part);
}
