// @ts-check
// Differences between Plex and what was promised, with the options for each.

import { has, t } from "../../texts.js";
import { get } from "../parts/api.js";
import { confirmed } from "../parts/dialog.js";
import { el } from "../parts/dom.js";
import { listed, time } from "../parts/format.js";
import { icon } from "../parts/icons.js";
import { fill, lines } from "../parts/loader.js";
import { tell, tellProblem } from "../parts/notice.js";
import { paging } from "../parts/paging.js";
import { address } from "../parts/router.js";
import { plain } from "../parts/words.js";
import { listAddress } from "./filter.js";
import { order, ordering } from "./orders.js";

/** @typedef {import("../types.js").Opened} Opened */
/** @typedef {import("../types.js").DriftRow} DriftRow */
/** @typedef {{ drift: DriftRow[], total: number, next_cursor: string | null }} Page */
/** @typedef {"put_right" | "adopt" | "ignore" | "remove"} Action */

const PAGE = 50;
/** @type {Record<string, Action[]>} */
const ACTIONS = {
  unknown_person: ["adopt", "remove", "ignore"],
  more_libraries: ["put_right", "adopt", "ignore"],
  fewer_libraries: ["put_right", "adopt", "ignore"],
  all_libraries: ["put_right", "adopt", "ignore"],
  library_rebuilt: ["put_right", "adopt", "ignore"],
};
/** @type {Action[]} */
const OTHERS = ["adopt", "ignore"];

/** @type {import("../types.js").About} */
export const about = { at: "people/drift", title: "ui.drift.title" };
/** @type {import("../types.js").Shown} */
export const view = { open };

/** @param {Opened} opened */
function open({ place, route, signal }) {
  const said = el("div");
  const part = el("div", { class: "stack" });
  const back = el("a", { class: "back", href: listAddress() }, icon("back"), t("ui.people.all"));
  place.append(el("p", {}, back), el("p", { class: "lead" }, t("ui.drift.lead")), said, part);
  const search = new URLSearchParams({ limit: String(PAGE) });
  const cursor = route.query.get("cursor");
  if (cursor) search.set("cursor", cursor);
  const done = async (/** @type {HTMLElement} */ told) => {
    tell(said, told);
    await read(() => []);
  };
  const failed = (/** @type {unknown} */ thrown) => tellProblem(said, thrown);
  const read = (/** @type {() => Node[]} */ skeleton) =>
    fill({
      place: part,
      signal,
      skeleton,
      load: async () => {
        const [page, catalog] = await Promise.all([
          get(`drift?${search}`, signal),
          get("libraries", signal).catch(() => ({ libraries: [] })),
        ]);
        return { page: /** @type {Page} */ (page), titles: titlesOf(catalog.libraries) };
      },
      show: ({ page, titles }) => pageOf(page, cursor, titles, done, failed),
    });
  read(() => [lines(5, "card")]);
}

/** @param {{ id: number, title: string }[]} libraries */
function titlesOf(libraries) {
  return new Map(libraries.map(({ id, title }) => [id, title]));
}

/**
 * @param {Page} page
 * @param {string | null} cursor
 * @param {Map<number, string>} titles
 * @param {(said: HTMLElement) => unknown} done
 * @param {(thrown: unknown) => void} failed
 */
function pageOf({ drift: rows, total, next_cursor: next }, cursor, titles, done, failed) {
  if (rows.length === 0 && !next)
    return [el("p", { class: "card empty", role: "status" }, t("ui.drift.none"))];
  const list = el("ul", { class: "operations" });
  list.append(...rows.map((row) => line(row, titles, done, failed)));
  const shown = new Set(rows.map((row) => row.person_id)).size;
  const counted =
    shown === total
      ? t("ui.drift.total", { count: total })
      : t("ui.drift.part", { count: total, shown });
  const way = (/** @type {string} */ to) => address(["people", "drift"], { cursor: to });
  return [
    el("div", { class: "card" }, el("p", { class: "quiet", role: "status" }, counted), list),
    paging(way, cursor, next, { byName: true }),
  ];
}

/**
 * @param {DriftRow} row
 * @param {Map<number, string>} titles
 * @param {(said: HTMLElement) => unknown} done
 * @param {(thrown: unknown) => void} failed
 */
function line(row, titles, done, failed) {
  const way = address(["people", row.person_id]);
  const buttons = (ACTIONS[row.kind] ?? OTHERS).map((action) => button(row, action, done, failed));
  return el(
    "li",
    { class: "operation" },
    el("p", {}, el("a", { href: way }, el("strong", {}, row.name)), " ", time(row.since)),
    el("p", {}, driftWords(row, titles)),
    el("div", { class: "actions small" }, ...buttons),
  );
}

/** What differs, in a sentence. @param {{ kind: string, detail: Record<string, any> }} row
 * @param {Map<number, string>} titles
 */
export function driftWords({ kind, detail }, titles) {
  const { ids } = detail;
  const named = (Array.isArray(ids) ? ids : Object.values(ids ?? {})).map(
    (id) => titles.get(Number(id)) ?? t("ui.drift.library", { id }),
  );
  const code = `ui.drift_kind.${kind}`;
  return has(code) ? t(code, { libraries: listed(named) }) : plain(kind);
}

/**
 * @param {DriftRow} row
 * @param {Action} action
 * @param {(said: HTMLElement) => unknown} done
 * @param {(thrown: unknown) => void} failed
 */
function button(row, action, done, failed) {
  const words = t(`ui.drift.${action}`);
  const made = el(
    "button",
    {
      type: "button",
      class: action === "put_right" ? "" : "plain",
      "aria-label": t("ui.action_for", { action: words, name: row.name }),
    },
    words,
  );
  const give = async () => {
    const title = t("ui.remove_title", { name: row.name });
    if (action === "remove" && !(await confirmed(title, t("ui.person.remove_detail"), words)))
      return null;
    return order("POST", `drift/${encodeURIComponent(row.drift_id)}`, { action });
  };
  return ordering(made, give, done, failed);
}
