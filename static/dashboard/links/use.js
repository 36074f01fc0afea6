// @ts-check
// A link's results: how many opened it, asked, were invited and joined, and who they are.

import { t } from "../../texts.js";
import { get } from "../parts/api.js";
import { factList, titledCard } from "../parts/card.js";
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
  const steps = Object.entries({ opened, asked, sent, accepted });
  const facts = steps.map(
    ([name, count]) =>
      /** @type {[string, string]} */ ([
        t(`ui.links.number.${name}`),
        count === undefined ? t("ui.links.not_known") : number(count),
      ]),
  );
  return titledCard(t("ui.links.came"), factList(facts));
}

/**
 * @param {Link} got
 * @param {AbortSignal} signal
 */
export function guestsCard(got, signal) {
  const place = el("div");
  const told = el("div");
  const all = address(["requests"], { link: got.link_id });
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
            ...(more ? [el("a", { href: all }, t("ui.links.all_guests"))] : []),
          ],
  });
  return titledCard(t("ui.links.guests"), place);
}
