// @ts-check
// Which requests are wanted. It is part of the address, so that it can be bookmarked and returned
// to.

import { t } from "../../texts.js";
import { el } from "../parts/dom.js";
import { field, textInput } from "../parts/forms.js";
import { address, go } from "../parts/router.js";
import { FILTERS, plain } from "../parts/words.js";

const NAMES = ["status", "search", "since", "until", "link"];
const DAY = /^(\d{4})-(\d{2})-(\d{2})$/;

/** The filter that an address asks for. @param {URLSearchParams} query @returns {Record<string, string>} */
export function asked(query) {
  return Object.fromEntries(NAMES.map((name) => [name, query.get(name) ?? ""]));
}

/** Where the list was left: a request's view leads back there. */
let left = address(["requests"]);

export function listAddress() {
  return left;
}

/** @param {URLSearchParams} query */
export function keepAddress(query) {
  left = address(["requests"], Object.fromEntries(query));
}

/** @param {URLSearchParams} query */
export function isFiltered(query) {
  return NAMES.some((name) => query.get(name));
}

/**
 * The filter as the API expects it: days are those of the reader's own calendar.
 * @param {URLSearchParams} query
 */
export function searchOf(query) {
  const { since, until, ...rest } = asked(query);
  const all = { ...rest, since: moment(since, 0), until: moment(until, 1) };
  return new URLSearchParams(Object.entries(all).filter((pair) => pair[1]));
}

/**
 * The first or last moment of a day. An invalid day stays as it is: the API reports it.
 * @param {string | undefined} date
 * @param {0 | 1} end
 */
function moment(date = "", end) {
  const found = DAY.exec(date);
  if (!found) return date;
  const at = new Date(Number(found[1]), Number(found[2]) - 1, Number(found[3]) + end);
  return new Date(at.getTime() - end).toISOString();
}

/** @param {URLSearchParams} query */
export function filterForm(query) {
  const now = asked(query);
  const form = el(
    "form",
    { class: "filter card", role: "search", novalidate: true },
    // Those of one link: the link's own page leads here.
    el("input", { type: "hidden", name: "link", value: now.link ?? "" }),
    field({ label: t("ui.head.status"), control: statusSelect(now.status ?? "") }),
    field({
      label: t("ui.filter.search"),
      control: textInput("search", { type: "search", value: now.search, spellcheck: "false" }),
    }),
    field({
      label: t("ui.filter.from"),
      control: textInput("since", { type: "date", value: now.since }),
    }),
    field({
      label: t("ui.filter.to"),
      control: textInput("until", { type: "date", value: now.until }),
    }),
    el(
      "div",
      { class: "actions" },
      el("button", { type: "submit" }, t("ui.filter.apply")),
      isFiltered(query) &&
        el("a", { class: "button plain", href: address(["requests"]) }, t("ui.filter.clear")),
    ),
  );
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const given = new FormData(form);
    go(address(["requests"], Object.fromEntries(NAMES.map((name) => [name, text(given, name)]))));
  });
  return form;
}

/**
 * @param {FormData} given
 * @param {string} name
 */
function text(given, name) {
  return String(given.get(name) ?? "").trim();
}

/** @param {string} value */
function statusSelect(value) {
  const known = FILTERS.some((one) => one.value === value);
  const every = known ? FILTERS : [...FILTERS, { value, label: plain(value) }];
  const options = every.map((one) =>
    el("option", { value: one.value, selected: one.value === value }, one.label),
  );
  return el("select", { name: "status" }, ...options);
}
