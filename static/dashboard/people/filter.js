// @ts-check
// Which people are wanted. It is part of the address, so that it can be bookmarked and returned to.

import { t } from "../../texts.js";
import { el } from "../parts/dom.js";
import { field, textInput } from "../parts/forms.js";
import { address, go } from "../parts/router.js";
import { shareState } from "./words.js";

const NAMES = ["state", "ends", "only", "server", "search"];
/** Everybody except people who no longer have access: the most common filter. */
const HERE = "active,pending,removing,unknown";
const EVERYBODY = "all";
const ENDS = [7, 30, 90];

/** Where the list was left: a person's view leads back there. */
let left = address(["people"]);

export function listAddress() {
  return left;
}

/** @param {URLSearchParams} query */
export function keepAddress(query) {
  left = address(["people"], Object.fromEntries(query));
}

/** The filter that an address asks for. @param {URLSearchParams} query @returns {Record<string, string>} */
export function asked(query) {
  return Object.fromEntries(NAMES.map((name) => [name, query.get(name) ?? ""]));
}

/** @param {URLSearchParams} query */
export function isFiltered(query) {
  return NAMES.some((name) => query.get(name));
}

/** The filter as the API expects it. @param {URLSearchParams} query */
export function searchOf(query) {
  const { state = "", ends, only, server, search } = asked(query);
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
  const now = asked(query);
  const several = servers.size > 1 || now.server;
  const form = el(
    "form",
    { class: "filter people-filter card", role: "search", novalidate: true },
    field({ label: t("ui.people.state"), control: select("state", states(), now.state) }),
    field({ label: t("ui.people.ends"), control: select("ends", ends(), now.ends) }),
    field({ label: t("ui.people.only"), control: select("only", ONLY, now.only) }),
    several &&
      field({
        label: t("page.server"),
        control: select("server", [["", t("ui.all")], ...servers], now.server),
      }),
    field({
      label: t("ui.filter.search"),
      control: textInput("search", { type: "search", value: now.search, spellcheck: "false" }),
    }),
    el(
      "div",
      { class: "actions" },
      el("button", { type: "submit" }, t("ui.filter.apply")),
      isFiltered(query) &&
        el("a", { class: "button plain", href: address(["people"]) }, t("ui.filter.clear")),
    ),
  );
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const given = new FormData(form);
    const wanted = NAMES.map((name) => [name, String(given.get(name) ?? "").trim()]);
    go(address(["people"], Object.fromEntries(wanted)));
  });
  return form;
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
function select(name, choices, value = "") {
  const known = [...choices];
  if (!known.some(([one]) => one === value)) known.push([value, value]);
  const options = known.map(([one, label]) =>
    el("option", { value: one, selected: one === value }, label),
  );
  return el("select", { name }, ...options);
}
