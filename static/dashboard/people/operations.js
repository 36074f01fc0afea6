// @ts-check
// Helpr's changes in Plex: what needs attention, what is under way, and what was done.

import { t } from "../../texts.js";
import { get } from "../parts/api.js";
import { el } from "../parts/dom.js";
import { icon } from "../parts/icons.js";
import { fill, lines } from "../parts/loader.js";
import { tell, tellProblem } from "../parts/notice.js";
import { paging } from "../parts/paging.js";
import { address } from "../parts/router.js";
import { listAddress } from "./filter.js";
import { isOpen, operationLine } from "./operation_line.js";
import { whileOpen } from "./progress.js";

/** @typedef {import("../types.js").Opened} Opened */
/** @typedef {import("../types.js").OperationRow} OperationRow */
/** @typedef {{ operations: OperationRow[], total: number, next_cursor: string | null }} Page */

const PAGE = 20;
/** @type {Record<string, { states: string, label: string }>} */
const SHOWN = {
  "": { states: "failed,queued,working", label: t("ui.operations.show_open") },
  failed: { states: "failed", label: t("ui.operations.show_failed") },
  all: { states: "", label: t("ui.operations.show_all") },
};

/** @type {import("../types.js").About} */
export const about = { at: "people/operations", title: "ui.operations.title" };
/** @type {import("../types.js").Shown} */
export const view = { open };

/** @param {Opened} opened */
function open({ place, route, signal }) {
  const said = el("div");
  const part = el("div", { class: "stack" });
  const show = route.query.get("show") ?? "";
  const back = el("a", { class: "back", href: listAddress() }, icon("back"), t("ui.people.all"));
  place.append(el("p", {}, back), el("p", { class: "lead" }, t("ui.operations.lead")));
  place.append(choices(show), said, part);
  const search = new URLSearchParams({ limit: String(PAGE) });
  const cursor = route.query.get("cursor");
  const states = SHOWN[show]?.states;
  if (states) search.set("state", states);
  if (cursor) search.set("cursor", cursor);
  const load = () => get(`operations?${search}`, signal);
  const done = async (/** @type {HTMLElement} */ told) => {
    tell(said, told);
    await again();
  };
  const failed = (/** @type {unknown} */ thrown) => tellProblem(said, thrown);
  const shown = (/** @type {Page} */ page) => pageOf(page, { show, cursor }, done, failed);
  const again = () => fill({ place: part, signal, skeleton: () => [], load, show: shown });
  fill({ place: part, signal, skeleton: () => [lines(5, "card")], load, show: shown }).then(
    (page) => page && watch(page),
  );
  /** @param {Page} first */
  const watch = (first) => {
    if (!first.operations.some(isOpen)) return;
    whileOpen(
      () => !signal.aborted,
      async () => {
        const page = /** @type {Page} */ (await load());
        if (!signal.aborted && !part.contains(document.activeElement))
          part.replaceChildren(...shown(page));
        return page.operations.some(isOpen);
      },
    );
  };
}

/** @param {string} show */
function choices(show) {
  const ways = Object.entries(SHOWN).map(([one, { label }]) =>
    el(
      "a",
      {
        href: address(["people", "operations"], { show: one }),
        "aria-current": one === show && "true",
      },
      label,
    ),
  );
  return el("nav", { class: "ways", "aria-label": t("ui.operations.which") }, ...ways);
}

/**
 * @param {Page} page
 * @param {{ show: string, cursor: string | null }} here
 * @param {(said: HTMLElement) => unknown} done
 * @param {(thrown: unknown) => void} failed
 */
function pageOf({ operations: rows, total, next_cursor: next }, { show, cursor }, done, failed) {
  if (rows.length === 0)
    return [el("p", { class: "card empty", role: "status" }, t("ui.operations.none"))];
  const list = el("ul", { class: "operations" });
  list.append(...rows.map((row) => operationLine(row, done, failed)));
  const counted =
    rows.length === total
      ? t("ui.operations.total", { count: total })
      : t("ui.operations.part", { count: total, shown: rows.length });
  const way = (/** @type {string} */ to) => address(["people", "operations"], { show, cursor: to });
  return [
    el("div", { class: "card" }, el("p", { class: "quiet", role: "status" }, counted), list),
    paging(way, cursor, next),
  ];
}
