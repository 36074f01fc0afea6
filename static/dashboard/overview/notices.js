// @ts-check
// The latest notices, sent or not, in the notices' words.

import { t } from "../../texts.js";
import { el } from "../parts/dom.js";
import { foldingCard } from "../parts/fold.js";
import { time } from "../parts/format.js";
import { address } from "../parts/router.js";

/**
 * @param {NonNullable<import("../types.js").Overview["notices"]>} all newest first
 * @param {boolean} open at first, where nothing else has to be seen before
 */
export function noticesCard(all, open) {
  if (all.length === 0) return [];
  const lines = all.map(({ at, text }) =>
    el("li", {}, el("p", {}, text), el("p", { class: "quiet" }, time(at))),
  );
  const way = el("a", { href: address(["notices"]) }, t("ui.told.way"));
  return [
    foldingCard(
      "told",
      t("ui.told.title"),
      { open },
      el("ul", { class: "told-lines" }, ...lines),
      el("p", { class: "ways" }, way),
    ),
  ];
}
