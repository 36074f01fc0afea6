// @ts-check
// All links, and a form to create one.

import { pieces, t } from "../../texts.js";
import { get, post } from "../parts/api.js";
import { titledCard } from "../parts/card.js";
import { copyButton } from "../parts/copy.js";
import { el } from "../parts/dom.js";
import { filterOf, refiltered, resultsPlace } from "../parts/filter.js";
import { time } from "../parts/format.js";
import { field, formOf, select, textInput } from "../parts/forms.js";
import { icon } from "../parts/icons.js";
import { fill, lines } from "../parts/loader.js";
import { paging } from "../parts/paging.js";
import { asProblem } from "../parts/problem.js";
import { address, go } from "../parts/router.js";
import { rowBones } from "../parts/rows.js";
import { badge } from "../parts/status.js";
import { bodyOf, cell, headCell, rowOf, tableOf } from "../parts/table.js";
import { readChoices } from "./choices.js";
import { linkFields } from "./form.js";
import { presets } from "./presets.js";
import { addressOf, nameOf, placesWords, STATES, stateOf } from "./words.js";

/** @typedef {import("../types.js").Opened} Opened */
/** @typedef {import("../types.js").Link} Link */
/** @typedef {import("../types.js").LinkFields} LinkFields */
/** @typedef {import("./choices.js").Choices} Choices */
/** @typedef {{ links: Link[], total: number, next_cursor: string | null }} Page */

const PAGE = 20;
const NAMES = ["search", "state"];
const filter = filterOf("links", NAMES);

/** @type {import("../types.js").About} */
export const about = {
  at: "links",
  title: "ui.links.title",
  menu: {
    order: 40,
    drawing:
      "M10.5 13.5a4 4 0 0 0 6 .4l2.6-2.6a4 4 0 0 0-5.7-5.7l-1.3 1.3M13.5 10.5a4 4 0 0 0-6-.4l-2.6 2.6a4 4 0 0 0 5.7 5.7l1.3-1.3",
  },
};
/** @type {import("../types.js").Shown} */
export const view = { open, update };

/** @param {Opened} opened */
function open(opened) {
  const results = resultsPlace(t("ui.links.title"));
  opened.place.append(
    el("p", { class: "lead" }, t("ui.links.lead")),
    maker(opened.signal),
    filterForm(opened.route.query),
    results,
    listsCard(),
  );
  show(results, opened);
}

/** @param {Opened} opened */
function update(opened) {
  show(refiltered(opened, filterForm(opened.route.query)), opened);
}

/** The three starting points; the form opens below the chosen one. @param {AbortSignal} signal */
function maker(signal) {
  const place = el("div", { class: "maker-form" });
  const buttons = presets().map((one) => {
    const button = el(
      "button",
      { type: "button", class: "plain preset", "aria-pressed": "false" },
      icon(one.icon),
      el("span", {}, el("strong", {}, one.title), el("span", { class: "quiet" }, one.detail)),
    );
    button.addEventListener("click", () => {
      for (const other of buttons) other.setAttribute("aria-pressed", String(other === button));
      openForm(place, one.fields, signal);
    });
    return button;
  });
  return titledCard(t("ui.links.make"), el("div", { class: "presets" }, ...buttons), place);
}

/**
 * @param {HTMLElement} place
 * @param {LinkFields} fields
 * @param {AbortSignal} signal
 */
export async function openForm(place, fields, signal) {
  const got = await fill({
    place,
    signal,
    skeleton: () => [lines(6)],
    load: () => readChoices(fields.server_id ?? "", signal),
    show: (choices) => [makeForm(fields, choices)],
  });
  if (got) /** @type {HTMLElement | null} */ (place.querySelector("#label"))?.focus();
}

/**
 * @param {LinkFields} given
 * @param {Choices} choices
 */
function makeForm(given, choices) {
  const { fields, typedIn } = linkFields(given, choices);
  return formOf({
    fields,
    button: el("button", { type: "submit" }, t("ui.links.make_it")),
    busy: t("ui.links.making"),
    send: (form) => make(form, typedIn(form)),
  });
}

/**
 * @param {HTMLFormElement} form
 * @param {object} typed
 */
async function make(form, typed) {
  try {
    const made = /** @type {Link} */ (await post("links", typed));
    go(address(["links", made.link_id], { made: "1" }));
  } catch (thrown) {
    const problem = asProblem(thrown);
    const wrong = problem.errors.map((error) => error.field.split(".")[0]);
    const folded = /** @type {HTMLDetailsElement} */ (form.querySelector("details.more"));
    // What is wrong must not be hidden.
    if (wrong.some((name) => name && folded.querySelector(`[name="${CSS.escape(name)}"]`)))
      folded.open = true;
    throw problem;
  }
}

/** @param {URLSearchParams} query */
function filterForm(query) {
  const wanted = query.get("state") ?? "";
  const choices = [["", t("ui.all")], ...STATES.map(({ value, label }) => [value, label])];
  const fields = [
    field({ label: t("ui.head.status"), control: select("state", wanted, choices) }),
    field({
      label: t("ui.links.filter.search"),
      control: textInput("search", { type: "search", value: query.get("search") ?? "" }),
    }),
  ];
  return filter.form(query, fields, "few");
}

/**
 * @param {HTMLElement} results
 * @param {Opened} opened
 */
function show(results, { route: { query }, signal }) {
  const search = new URLSearchParams({ limit: String(PAGE) });
  for (const name of [...NAMES, "cursor"]) {
    const value = query.get(name);
    if (value) search.set(name, value);
  }
  fill({
    place: results,
    signal,
    skeleton: () => [el("div", { class: "card" }, rowBones(3))],
    load: () => get(`links?${search}`, signal),
    show: (page) => shown(page, query),
  });
}

/**
 * @param {Page} page
 * @param {URLSearchParams} query
 */
function shown({ links: all, total, next_cursor: cursor }, query) {
  if (all.length === 0) {
    const words = filter.isFiltered(query) ? t("ui.links.no_match") : t("ui.links.empty");
    return [el("p", { class: "card empty", role: "status" }, words)];
  }
  return [
    el(
      "div",
      { class: "card" },
      el("p", { class: "quiet", role: "status" }, totals(all, total)),
      table(all),
    ),
    paging(filter.pageWay(query), query.get("cursor"), cursor),
  ];
}

/**
 * How many links there are, and the results of those on the page.
 * @param {Link[]} all those on the page
 * @param {number} count those on all pages
 */
function totals(all, count) {
  const sum = (/** @type {"asked" | "sent" | "accepted"} */ name) =>
    all.reduce((sofar, link) => sofar + link.statistics[name], 0);
  if (count > all.length) return t("ui.links.total", { count, shown: all.length });
  return t("ui.links.totals", {
    count,
    asked: sum("asked"),
    sent: sum("sent"),
    accepted: sum("accepted"),
  });
}

/** @param {Link[]} all */
function table(all) {
  const heads = ["link", "status", "uses", "to_do"].map((name) => t(`ui.links.head.${name}`));
  return tableOf({ caption: t("ui.links.table"), heads, body: bodyOf(all.map(row)) });
}

/** @param {Link} link */
function row(link) {
  const way = address(["links", link.link_id]);
  return rowOf(
    headCell(
      el("a", { href: way }, nameOf(link)),
      link.label && link.code && el("p", { class: "note" }, el("code", {}, link.code)),
      link.created_at &&
        el("p", { class: "note" }, ...pieces("ui.links.made_at", { time: time(link.created_at) })),
    ),
    cell("status", badge(stateOf(link))),
    cell("time", placesWords(link)),
    cell("do", link.url && el("div", { class: "actions small" }, copyButton(addressOf(link)))),
  );
}

/** The link to lists of friends. */
function listsCard() {
  return titledCard(
    t("ui.batch.title"),
    el("p", {}, t("ui.batch.lead")),
    el(
      "p",
      { class: "actions spaced" },
      el(
        "a",
        { class: "button plain", href: address(["batches"]) },
        icon("add"),
        t("ui.batch.way"),
      ),
    ),
  );
}
