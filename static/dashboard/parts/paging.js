// @ts-check
// Below a list that has several pages: the ways to the first page and to the next.

import { t } from "../../texts.js";
import { el } from "./dom.js";
import { icon } from "./icons.js";

/**
 * @param {(cursor: string) => string} way the address of the page after a cursor; "" is the first
 * @param {string | null} here this page's cursor
 * @param {string | null} next the next one's
 * @param {{ byName?: boolean }} [order] other lists have the newest first
 */
export function paging(way, here, next, { byName = false } = {}) {
  const [first, then] = byName
    ? [t("ui.people.first_page"), t("ui.people.next_page")]
    : [t("ui.newest"), t("ui.older")];
  return el(
    "nav",
    { class: "paging", "aria-label": t("ui.pages") },
    here && el("a", { href: way(""), class: "button plain" }, icon("back"), first),
    next && el("a", { href: way(next), class: "button plain" }, then, icon("next")),
  );
}
