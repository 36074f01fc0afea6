// @ts-check
// Which requests are wanted.

import { t } from "../../texts.js";
import { el } from "../parts/dom.js";
import { filterOf } from "../parts/filter.js";
import { field, select, textInput } from "../parts/forms.js";
import { FILTERS, plain } from "../parts/words.js";

const filter = filterOf("requests", ["status", "search", "since", "until", "link"]);
export const { isFiltered, keepAddress, listAddress, pageWay } = filter;
const DAY = /^(\d{4})-(\d{2})-(\d{2})$/;

/**
 * The filter as the API expects it: days are those of the reader's own calendar.
 * @param {URLSearchParams} query
 */
export function searchOf(query) {
  const { since, until, ...rest } = filter.asked(query);
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
  const now = filter.asked(query);
  const fields = [
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
  ];
  return filter.form(query, fields);
}

/** @param {string} value */
function statusSelect(value) {
  const known = FILTERS.some((one) => one.value === value);
  const every = known ? FILTERS : [...FILTERS, { value, label: plain(value) }];
  return select(
    "status",
    value,
    every.map((one) => [one.value, one.label]),
  );
}
