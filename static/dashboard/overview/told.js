// @ts-check
// The latest notices, sent or not, in the notices' words.

import { t } from "../../texts.js";
import { el } from "../parts/dom.js";
import { time } from "../parts/format.js";
import { address } from "../parts/router.js";

/** @param {NonNullable<import("../types.js").Overview["notices"]>} all newest first */
export function toldCard(all) {
  if (all.length === 0) return [];
  const lines = all.map(({ at, text }) =>
    el("li", {}, el("p", {}, text), el("p", { class: "quiet" }, time(at))),
  );
  const way = el("a", { href: address(["notices"]) }, t("ui.told.way"));
  return [
    el(
      "section",
      { class: "card told" },
      el("div", { class: "card-head" }, el("h2", {}, t("ui.told.title")), way),
      el("ul", { class: "told-lines" }, ...lines),
    ),
  ];
}
