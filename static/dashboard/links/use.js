// @ts-check
// A link's results: how many opened it, asked, were invited and joined, and who they are.

import { t } from "../../texts.js";
import { get } from "../parts/api.js";
import { el } from "../parts/dom.js";
import { number } from "../parts/format.js";
import { fill } from "../parts/loader.js";
import { address } from "../parts/router.js";
import { rowBones, rowTable } from "../parts/rows.js";

/** @typedef {import("../types.js").Link} Link */
/** @typedef {import("../types.js").Row} Row */

const GUESTS = 20;

/** @param {Link} got */
export function numbersCard({ statistics }) {
  const { opened, asked, sent, accepted } = statistics;
  /** @type {[string, number | undefined][]} */
  const steps = [
    ["opened", opened],
    ["asked", asked],
    ["sent", sent],
    ["accepted", accepted],
  ];
  return el(
    "section",
    { class: "card", "aria-labelledby": "came" },
    el("h2", { id: "came" }, t("ui.links.came")),
    el(
      "dl",
      { class: "facts" },
      ...steps.map(([name, count]) =>
        el(
          "div",
          {},
          el("dt", {}, t(`ui.links.number.${name}`)),
          el("dd", {}, count === undefined ? t("ui.links.not_known") : number(count)),
        ),
      ),
    ),
  );
}

/**
 * @param {Link} got
 * @param {AbortSignal} signal
 */
export function guestsCard(got, signal) {
  const place = el("div");
  const told = el("div");
  fill({
    place,
    signal,
    skeleton: () => [rowBones(2)],
    load: () => get(`invites?link=${got.link_id}&limit=${GUESTS}`, signal),
    show: ({ invites, next_cursor: more }) =>
      invites.length === 0
        ? [el("p", { class: "empty" }, t("ui.links.nobody"))]
        : [
            told,
            rowTable(/** @type {Row[]} */ (invites), t("ui.links.guests"), told),
            ...(more
              ? [
                  el(
                    "a",
                    { href: address(["requests"], { link: got.link_id }) },
                    t("ui.links.all_guests"),
                  ),
                ]
              : []),
          ],
  });
  return el(
    "section",
    { class: "card", "aria-labelledby": "guests" },
    el("h2", { id: "guests" }, t("ui.links.guests")),
    place,
  );
}
