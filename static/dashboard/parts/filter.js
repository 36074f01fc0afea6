// @ts-check
// A list's filter. It is part of the address, so that it can be bookmarked and returned to.

import { t } from "../../texts.js";
import { el } from "./dom.js";
import { address, go } from "./router.js";

/** @typedef {import("./dom.js").Piece} Piece */
/** @typedef {import("../types.js").Opened} Opened */

/**
 * The filter of the list at that address.
 * @param {string} at
 * @param {string[]} names of its fields
 */
export function filterOf(at, names) {
  let left = address([at]);
  const asked = (/** @type {URLSearchParams} */ query) =>
    /** @type {Record<string, string>} */ (
      Object.fromEntries(names.map((name) => [name, query.get(name) ?? ""]))
    );
  const isFiltered = (/** @type {URLSearchParams} */ query) =>
    names.some((name) => query.get(name));
  return {
    asked,
    isFiltered,
    /** Where the list was left: the view of one of its rows leads back there. */
    listAddress: () => left,
    keepAddress(/** @type {URLSearchParams} */ query) {
      left = address([at], Object.fromEntries(query));
    },
    /** The address of the page after a cursor, with the same filter. */
    pageWay: (/** @type {URLSearchParams} */ query) => (/** @type {string} */ cursor) =>
      address([at], { ...asked(query), cursor }),
    /**
     * @param {URLSearchParams} query
     * @param {Piece[]} fields
     * @param {string} [kind] a class
     */
    form(query, fields, kind = "") {
      const clear = el("a", { class: "button plain", href: address([at]) }, t("ui.filter.clear"));
      const apply = el("button", { type: "submit" }, t("ui.filter.apply"));
      const form = el(
        "form",
        { class: `filter card ${kind}`.trim(), role: "search", novalidate: true },
        ...fields,
        el("div", { class: "actions" }, apply, isFiltered(query) && clear),
      );
      form.addEventListener("submit", (event) => {
        event.preventDefault();
        const given = new FormData(form);
        const wanted = names.map((name) => [name, String(given.get(name) ?? "").trim()]);
        go(address([at], Object.fromEntries(wanted)));
      });
      return form;
    },
  };
}

/** Where the filtered list is shown. @param {string} label */
export function resultsPlace(label) {
  const place = { class: "stack", id: "results", "aria-label": label, tabindex: "-1" };
  return el("section", place);
}

/**
 * The filter of a new query replaces the old one; focus that would be lost moves to the results.
 * @param {Opened} opened
 * @param {HTMLFormElement} form
 */
export function refiltered({ place }, form) {
  const old = place.querySelector("form.filter");
  const results = /** @type {HTMLElement} */ (place.querySelector("#results"));
  const hadFocus = old?.contains(document.activeElement);
  old?.replaceWith(form);
  if (hadFocus || results.contains(document.activeElement)) results.focus();
  return results;
}
