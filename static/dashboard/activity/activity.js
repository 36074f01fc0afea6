// @ts-check
// Who did what on this dashboard, newest first.

import { t } from "../../texts.js";
import { get } from "../parts/api.js";
import { el } from "../parts/dom.js";
import { eventLine } from "../parts/events.js";
import { fill, lines } from "../parts/loader.js";
import { paging } from "../parts/paging.js";
import { address } from "../parts/router.js";

/** @typedef {import("../types.js").AuditEvent} Event */
/** @typedef {{ events: Event[], next_cursor: string | null, total: number, before: number }} Page */

const PAGE = 20;

/** @type {import("../types.js").About} */
export const about = {
  at: "activity",
  title: "ui.activity.title",
  menu: {
    order: 80,
    drawing: "M12 4a8 8 0 1 1-7.4 5M4 4.5V9h4.5M12 8v4.5l3 1.8",
  },
};
/** @type {import("../types.js").Shown} */
export const view = { open };

/** @param {import("../types.js").Opened} opened */
function open({ place, route, signal }) {
  const part = el("div", { class: "stack" });
  place.append(el("p", { class: "lead" }, t("ui.activity.lead")), part);
  const cursor = route.query.get("cursor") ?? "";
  const search = new URLSearchParams({
    limit: String(PAGE),
    total: "true",
    ...(cursor && { cursor }),
  });
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
function shown({ events, next_cursor: next, total, before }, cursor) {
  if (events.length === 0) {
    return [el("p", { class: "card empty" }, t("ui.activity.empty"))];
  }
  return [
    el(
      "section",
      { class: "card" },
      el("p", { class: "quiet", role: "status" }, counted(events.length, before, total)),
      el("ol", { class: "events" }, ...events.map(eventLine)),
    ),
    paging((to) => address(["activity"], { cursor: to }), cursor, next),
  ];
}

/**
 * "21–40 of 62 entries", or just the number if all are shown.
 * @param {number} count
 * @param {number} before
 * @param {number} total
 */
function counted(count, before, total) {
  if (count === total) return t("ui.activity.total", { count });
  return t("ui.activity.part", { first: before + 1, last: before + count, count: total });
}
