// @ts-check
// Who asked, newest first: filtered, paged, exported; and inviting somebody.

import { t } from "../../texts.js";
import { get } from "../parts/api.js";
import { el } from "../parts/dom.js";
import { exportLink } from "../parts/export.js";
import { refiltered, resultsPlace } from "../parts/filter.js";
import { fill } from "../parts/loader.js";
import { paging } from "../parts/paging.js";
import { rowBones, rowTable } from "../parts/rows.js";
import { filterForm, isFiltered, keepAddress, pageWay, searchOf } from "./filter.js";
import { inviteForm } from "./invite.js";

/** @typedef {import("../types.js").Opened} Opened */
/** @typedef {import("../types.js").Row} Row */
/** @typedef {{ invites: Row[], next_cursor: string | null, total: number, before: number }} Page */

const PAGE = 20;

/** @type {import("../types.js").About} */
export const about = {
  at: "requests",
  title: "ui.requests.title",
  menu: {
    order: 20,
    drawing: "M8.5 7H20M8.5 12H20M8.5 17H20M4 7h.01M4 12h.01M4 17h.01",
  },
};
/** @type {import("../types.js").Shown} */
export const view = { open, update };

/** @param {Opened} opened */
function open(opened) {
  const results = resultsPlace(t("ui.requests.title"));
  const reload = () => show(results, opened);
  opened.place.append(inviteForm(reload), filterForm(opened.route.query), results);
  reload();
}

/** @param {Opened} opened */
function update(opened) {
  show(refiltered(opened, filterForm(opened.route.query)), opened);
}

/**
 * @param {HTMLElement} results
 * @param {Opened} opened
 */
function show(results, { route, signal }) {
  const { query } = route;
  keepAddress(query);
  const search = searchOf(query);
  search.set("limit", String(PAGE));
  search.set("total", "true");
  if (query.get("cursor")) search.set("cursor", query.get("cursor") ?? "");
  fill({
    place: results,
    signal,
    skeleton: () => [el("div", { class: "card" }, rowBones(8))],
    load: () => get(`invites?${search}`, signal),
    show: (page) => shown(page, query),
  });
}

/**
 * @param {Page} page
 * @param {URLSearchParams} query
 */
function shown({ invites, next_cursor: cursor, total, before }, query) {
  if (invites.length === 0) return [nothing(query)];
  const place = el("div");
  const table = rowTable(invites, t("ui.requests.table"), place);
  const head = el(
    "div",
    { class: "card-head" },
    el("p", { class: "quiet", role: "status" }, counted(invites.length, before, total)),
    exportLink(`invites.csv?${searchOf(query)}`, "helpr-invites.csv", place),
  );
  return [
    el("div", { class: "card" }, head, place, table),
    paging(pageWay(query), query.get("cursor"), cursor),
  ];
}

/**
 * "21–40 of 2,062 requests", or just the number if all are shown.
 * @param {number} count
 * @param {number} before
 * @param {number} total
 */
function counted(count, before, total) {
  if (count === total) return t("ui.requests.shown", { count });
  return t("ui.requests.part", { first: before + 1, last: before + count, count: total });
}

/** @param {URLSearchParams} query */
function nothing(query) {
  const words = isFiltered(query) ? t("ui.requests.no_match") : t("ui.requests.empty");
  return el("p", { class: "card empty", role: "status" }, words);
}
