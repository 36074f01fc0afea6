// @ts-check
// Who did what on this dashboard, newest first.

import { t } from "../../texts.js";
import { get } from "../parts/api.js";
import { el } from "../parts/dom.js";
import { eventLine } from "../parts/events.js";
import { icon } from "../parts/icons.js";
import { fill, lines } from "../parts/loader.js";
import { address } from "../parts/router.js";

/** @typedef {{ events: import("../types.js").AuditEvent[], next_cursor?: string }} Page */

const PAGE = 20;

/** @type {import("../types.js").View} */
export const activity = { title: t("ui.activity.title"), open };

/** @param {import("../types.js").Opened} opened */
function open({ place, route, signal }) {
  const part = el("div", { class: "stack" });
  place.append(el("p", { class: "lead" }, t("ui.activity.lead")), part);
  const cursor = route.query.get("cursor") ?? "";
  const search = new URLSearchParams({ limit: String(PAGE), ...(cursor && { cursor }) });
  fill({
    place: part,
    signal,
    skeleton: () => [lines(8, "card")],
    load: () => get(`audit?${search}`, signal),
    show: (page) => shown(page, cursor),
  });
}

/**
 * @param {Page} page
 * @param {string} cursor
 */
function shown({ events, next_cursor: next }, cursor) {
  if (events.length === 0) {
    return [el("p", { class: "card empty" }, t("ui.activity.empty"))];
  }
  return [
    el("section", { class: "card" }, el("ol", { class: "events" }, ...events.map(eventLine))),
    el(
      "nav",
      { class: "paging", "aria-label": t("ui.pages") },
      cursor && way("", icon("back"), t("ui.newest")),
      next && way(next, t("ui.older"), icon("next")),
    ),
  ];
}

/**
 * @param {string} cursor
 * @param {...(Node | string)} words
 */
function way(cursor, ...words) {
  return el("a", { class: "button plain", href: address(["activity"], { cursor }) }, ...words);
}
