// @ts-check
// News about people: whose access ends soon, and what needs attention.

import { t } from "../../texts.js";
import { titledCard } from "../parts/card.js";
import { breakable, el } from "../parts/dom.js";
import { dayAnd } from "../parts/format.js";
import { icon } from "../parts/icons.js";
import { address } from "../parts/router.js";

/** @typedef {import("../types.js").PeopleSummary} PeopleSummary */

/** The card; nothing if there is nothing to say. @param {PeopleSummary | undefined} people */
export function peopleCard(people) {
  if (!people) return [];
  const lines = [
    people.failed_count > 0 &&
      line("ui.overview.operations_failed", people.failed_count, ["people", "operations"], {
        show: "failed",
      }),
    people.drift_count > 0 &&
      line("ui.overview.drift", people.drift_count, ["people", "drift"], {}),
  ].filter((one) => one !== false);
  if (people.ends_soon_count === 0 && lines.length === 0) return [];
  const title = t("ui.overview.ends_soon", { count: people.ends_soon_count });
  const all = address(["people"], { ends: String(people.ends_soon_days) });
  return [
    titledCard(
      people.ends_soon_count > 0 ? title : t("ui.people.title"),
      el("ul", { class: "each" }, ...people.ends_soon.map(ending), ...lines),
      people.ends_soon_count > 0 &&
        el("p", { class: "ways" }, el("a", { href: all }, t("ui.overview.ends_all"))),
    ),
  ];
}

/** @param {PeopleSummary["ends_soon"][number]} one */
function ending({ person_id: id, name, until }) {
  const way = el("a", { href: address(["people", id]) }, ...breakable(name));
  return el("li", { class: "wait" }, icon("wait"), el("p", {}, way, ": ", dayAnd(until)));
}

/**
 * @param {string} code
 * @param {number} count
 * @param {string[]} path
 * @param {Record<string, string>} query
 */
function line(code, count, path, query) {
  const way = el("a", { href: address(path, query) }, t(code, { count }));
  return el("li", { class: "bad" }, icon("warning"), el("p", {}, way));
}
