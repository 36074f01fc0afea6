// @ts-check
// Who has access to what and until when: filtered, paged, exported, and changed in bulk.

import { t } from "../../texts.js";
import { get } from "../parts/api.js";
import { el } from "../parts/dom.js";
import { exportLink } from "../parts/export.js";
import { refiltered, resultsPlace } from "../parts/filter.js";
import { fill } from "../parts/loader.js";
import { paging } from "../parts/paging.js";
import { address } from "../parts/router.js";
import { rowBones } from "../parts/rows.js";
import { bulkBar } from "./bulk.js";
import { filterForm, isFiltered, keepAddress, pageWay, searchOf } from "./filter.js";
import { doubt, readingLine } from "./reading.js";
import { renew } from "./selection.js";
import { peopleTable } from "./table.js";

/** @typedef {import("../types.js").Opened} Opened */
/** @typedef {import("../types.js").People} People */
/** @typedef {import("../types.js").Person} Person */

const PAGE = 50;

/** Servers that were seen, since nobody has to choose among one. @type {Map<string, string>} */
const servers = new Map();

/** @type {import("../types.js").About} */
export const about = {
  at: "people",
  title: "ui.people.title",
  menu: {
    order: 30,
    drawing:
      "M9 4.5a3.2 3.2 0 1 1 0 6.4 3.2 3.2 0 0 1 0-6.4zM3 19.5a6 6 0 0 1 12 0M15.5 4.9a3.2 3.2 0 0 1 0 5.6M17.5 14a6 6 0 0 1 3.5 5.5",
  },
};
/** @type {import("../types.js").Shown} */
export const view = { open, update };

/** @param {Opened} opened */
function open(opened) {
  const results = resultsPlace(t("ui.people.title"));
  // Outside the reloaded part, so that keyboard focus stays.
  const said = el("div", { id: "said" });
  const ways = el(
    "p",
    { class: "ways" },
    el("a", { href: address(["people", "operations"]) }, t("ui.operations.title")),
    el("a", { href: address(["people", "drift"]) }, t("ui.drift.title")),
  );
  opened.place.append(ways, filterForm(opened.route.query, servers), said, results);
  show(results, opened);
}

/** @param {Opened} opened */
function update(opened) {
  show(refiltered(opened, filterForm(opened.route.query, servers)), opened);
}

/**
 * @param {HTMLElement} results
 * @param {Opened} opened
 */
function show(results, opened) {
  const { query } = opened.route;
  keepAddress(query);
  const search = searchOf(query);
  search.set("limit", String(PAGE));
  if (query.get("cursor")) search.set("cursor", query.get("cursor") ?? "");
  /** @type {AbortController | undefined} */
  let shownNow;
  const said = /** @type {HTMLElement} */ (opened.place.querySelector("#said"));
  said.replaceChildren();
  const again = () => {
    shownNow?.abort();
    return fill({
      place: results,
      signal: opened.signal,
      skeleton: () => [el("div", { class: "card" }, rowBones(8))],
      load: () => get(`people?${search}`, opened.signal),
      show: (/** @type {People} */ page) => {
        shownNow = new AbortController();
        opened.signal.addEventListener("abort", () => shownNow?.abort(), { once: true });
        return shown(page, { query, said, again, signal: shownNow.signal, opened });
      },
    });
  };
  again();
}

/**
 * @param {People} page
 * @param {{ query: URLSearchParams, said: HTMLElement, again: () => Promise<unknown>,
 *   signal: AbortSignal, opened: Opened }} around
 */
function shown(page, { query, said, again, signal, opened }) {
  const { next_cursor: cursor, total } = page;
  const everybody = inOrder(page.people, query, cursor);
  renew(everybody);
  noteServers(page, opened);
  const reading = readingLine(page, said, again);
  const doubted = doubt(page);
  const top = doubted ? [doubted] : [];
  if (everybody.length === 0)
    return [...top, el("div", { class: "card" }, reading, nothing(query, page))];
  const place = el("div");
  const head = el(
    "div",
    { class: "card-head" },
    el("p", { class: "quiet", role: "status" }, counted(everybody.length, total)),
    exportLink(`people.csv?${searchOf(query)}`, "helpr-people.csv", place),
  );
  const table = peopleTable(everybody, servers.size > 1, signal);
  return [
    ...top,
    el("div", { class: "card" }, reading, head, place, table),
    paging(pageWay(query), query.get("cursor"), cursor, { byName: true }),
    bulkBar(signal, said, again),
  ];
}

/** Where all ends that were asked for are on one page, the first one comes first.
 * @param {Person[]} all @param {URLSearchParams} query @param {string | null} cursor
 */
function inOrder(all, query, cursor) {
  if (!query.get("ends") || query.get("cursor") || cursor) return all;
  const first = (/** @type {Person} */ person) =>
    Math.min(
      ...person.shares
        .filter((share) => share.state !== "gone" && share.access_until)
        .map((share) => Date.parse(share.access_until ?? "")),
    );
  return [...all].sort((one, other) => first(one) - first(other));
}

/** @param {People} page @param {Opened} opened */
function noteServers(page, opened) {
  const before = servers.size;
  for (const [id, name] of Object.entries(page.servers)) servers.set(id, name);
  const form = opened.place.querySelector("form.filter");
  if (servers.size === before || servers.size < 2 || !form) return;
  if (!form.contains(document.activeElement))
    form.replaceWith(filterForm(opened.route.query, servers));
}

/** @param {number} count @param {number} total */
function counted(count, total) {
  return count === total
    ? t("ui.people.total", { count: total })
    : t("ui.people.shown", { count, total });
}

/** @param {URLSearchParams} query @param {People} page */
function nothing(query, page) {
  const code = isFiltered(query) ? "no_match" : page.read_at ? "empty" : "unread";
  return el("p", { class: "empty", role: "status" }, t(`ui.people.${code}`));
}
