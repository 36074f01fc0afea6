// @ts-check
// Which people are wanted.

import { t } from "../../texts.js";
import { filterOf } from "../parts/filter.js";
import { field, select, textInput } from "../parts/forms.js";
import { shareState } from "./words.js";

const filter = filterOf("people", ["state", "ends", "only", "server", "search"]);
export const { isFiltered, keepAddress, listAddress, pageWay } = filter;
/** Everybody except people who no longer have access: the most common filter. */
const HERE = "active,pending,removing,unknown";
const EVERYBODY = "all";
const ENDS = [7, 30, 90];

/** The filter as the API expects it. @param {URLSearchParams} query */
export function searchOf(query) {
  const { state = "", ends, only, server, search } = filter.asked(query);
  const all = {
    state: state === EVERYBODY ? "" : state || HERE,
    ends_within_days: ends,
    drift: only === "drift" ? "1" : "",
    exempt: only === "exempt" ? "true" : "",
    server,
    search,
  };
  return new URLSearchParams(
    /** @type {[string, string][]} */ (Object.entries(all).filter((pair) => pair[1])),
  );
}

/**
 * @param {URLSearchParams} query
 * @param {Map<string, string>} servers names by id; with one there is nothing to choose
 */
export function filterForm(query, servers) {
  const now = filter.asked(query);
  const several = servers.size > 1 || now.server;
  const fields = [
    field({ label: t("ui.people.state"), control: choice("state", states(), now.state) }),
    field({ label: t("ui.people.ends"), control: choice("ends", ends(), now.ends) }),
    field({ label: t("ui.people.only"), control: choice("only", ONLY, now.only) }),
    several &&
      field({
        label: t("page.server"),
        control: choice("server", [["", t("ui.all")], ...servers], now.server),
      }),
    field({
      label: t("ui.filter.search"),
      control: textInput("search", { type: "search", value: now.search, spellcheck: "false" }),
    }),
  ];
  return filter.form(query, fields, "people-filter");
}

/** @type {[string, string][]} */
const ONLY = [
  ["", t("ui.all")],
  ["drift", t("ui.people.only_drift")],
  ["exempt", t("ui.people.only_exempt")],
];

/** @returns {[string, string][]} */
function states() {
  const each = ["active", "pending", "removing", "unknown", "gone"];
  return [
    ["", t("ui.people.here")],
    .../** @type {[string, string][]} */ (each.map((one) => [one, shareState(one).label])),
    [EVERYBODY, t("ui.people.everybody")],
  ];
}

/** @returns {[string, string][]} */
function ends() {
  return [
    ["", t("ui.people.ends_any")],
    .../** @type {[string, string][]} */ (
      ENDS.map((count) => [String(count), t("ui.people.ends_within", { count })])
    ),
  ];
}

/**
 * @param {string} name
 * @param {Iterable<[string, string]>} choices
 * @param {string} [value] one that is none of the choices stays, and can be seen
 */
function choice(name, choices, value = "") {
  const known = [...choices];
  if (!known.some(([one]) => one === value)) known.push([value, value]);
  return select(name, value, known);
}
