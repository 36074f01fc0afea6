// @ts-check
// What an owner does before the first friend asks, in place of a chart without bars.

import { t } from "../../texts.js";
import { el } from "../parts/dom.js";
import { icon } from "../parts/icons.js";
import { address } from "../parts/router.js";

/** @typedef {NonNullable<import("../types.js").Overview["first_steps"]>[number]} Step */

const NAMES = {
  token: t("ui.steps.name.token"),
  server: t("ui.steps.name.server"),
  libraries: t("ui.steps.name.libraries"),
  way_in: t("ui.steps.name.way_in"),
  link: t("ui.steps.name.link"),
};
const WAYS = {
  check: t("ui.steps.way.check"),
  libraries: t("ui.libraries.title"),
  settings: t("ui.settings.title"),
  links: t("ui.links.title"),
};

/** The card; nothing once somebody has asked. @param {Step[]} [steps] */
export function firstStepsCard(steps = []) {
  if (steps.length === 0) return [];
  const left = steps.filter(({ done }) => !done).length;
  return [
    el(
      "section",
      { class: "card first-steps", "aria-labelledby": "first-steps" },
      el("h2", { id: "first-steps" }, t("ui.steps.title")),
      el("p", { class: "quiet" }, left ? t("ui.steps.left", { number: left }) : t("ui.steps.done")),
      el("ol", {}, ...steps.map(line)),
    ),
  ];
}

/** @param {Step} step */
function line({ name, done, text, fix, place }) {
  return el(
    "li",
    { class: done ? "done" : "open" },
    icon(done ? "good" : "dot"),
    el("div", {}, el("h3", {}, NAMES[name]), el("p", {}, text), fix && el("p", {}, fix)),
    done
      ? el("span", { class: "quiet" }, t("ui.steps.is_done"))
      : place && el("a", { href: address([place]) }, WAYS[place]),
  );
}
