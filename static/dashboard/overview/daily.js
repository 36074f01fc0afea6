// @ts-check
// Requests a day: the chart, its legend, and the same numbers as a table.

import { t } from "../../texts.js";
import { get } from "../parts/api.js";
import { el } from "../parts/dom.js";
import { foldingCard } from "../parts/fold.js";
import { day, number } from "../parts/format.js";
import { fill, lines } from "../parts/loader.js";
import { address } from "../parts/router.js";
import { OUTCOMES } from "../parts/words.js";
import { chart, countOf } from "./chart.js";

/** @typedef {import("../types.js").Day} Day */

const SPANS = [7, 30, 90, 365];
const USUAL = 30;

/** How many days the address asks for. @param {URLSearchParams} query */
function spanOf(query) {
  const asked = Number(query.get("days"));
  return SPANS.includes(asked) ? asked : USUAL;
}

/** @param {import("../types.js").Opened} opened */
export function dailyCard({ route, signal }) {
  const span = spanOf(route.query);
  const place = el("div", { class: "daily" });
  const card = foldingCard("daily-card", t("ui.daily.title"), {}, spans(span), place);
  fill({
    place,
    signal,
    skeleton: () => [lines(1, "chart-bones")],
    load: () => get(`stats?days=${span}`, signal),
    show: ({ days }) => shown(days),
  });
  return card;
}

/** @param {number} span */
function spans(span) {
  const links = SPANS.map((days) => {
    const current = days === span ? "true" : undefined;
    const href = address([], { days: days === USUAL ? "" : String(days) });
    return el(
      "a",
      { href, "aria-current": current },
      t(days === 365 ? "ui.daily.year" : "ui.days", { count: days }),
    );
  });
  return el("nav", { class: "spans", "aria-label": t("ui.daily.span") }, ...links);
}

/** @param {Day[]} days */
function shown(days) {
  const total = days.reduce((sum, one) => sum + one.total, 0);
  if (total === 0) {
    return [el("p", { class: "empty" }, t("ui.daily.empty"))];
  }
  const point = el("p", { class: "quiet point", "aria-hidden": "true" });
  const rest = t("ui.daily.total", {
    count: total,
    days: t("ui.daily.days_ago", { count: days.length }),
  });
  const say = (/** @type {number | null} */ at) => {
    const one = at === null ? undefined : days[at];
    point.textContent = one ? dayWords(one) : rest;
  };
  say(null);
  return [chart(days, say), el("div", { class: "under" }, legend(), point), table(days)];
}

/** @param {Day} one */
function dayWords(one) {
  const parts = OUTCOMES.map(({ label, statuses }) => ({ label, count: countOf(one, statuses) }));
  const said = parts
    .filter(({ count }) => count)
    .map(({ label, count }) => `${label}: ${number(count)}`);
  return t("ui.daily.day", { day: day(one.date), counts: said.join(", ") || t("ui.daily.nobody") });
}

function legend() {
  const each = OUTCOMES.map(({ name, label }) =>
    el("li", {}, el("span", { class: `swatch outcome ${name}` }), label),
  );
  return el("ul", { class: "legend", "aria-hidden": "true" }, ...each);
}

/** @param {Day[]} days */
function table(days) {
  const heads = [t("ui.daily.head_day"), t("ui.all"), ...OUTCOMES.map(({ label }) => label)];
  const lines = [...days].reverse().map((one) => {
    const counts = [one.total, ...OUTCOMES.map(({ statuses }) => countOf(one, statuses))];
    const name = el("th", { scope: "row" }, el("time", { datetime: one.date }, day(one.date)));
    return el("tr", {}, name, ...counts.map((count) => el("td", {}, number(count))));
  });
  return el(
    "details",
    {},
    el("summary", {}, t("ui.daily.as_table")),
    el(
      "div",
      { class: "scroll", tabindex: "0", role: "region", "aria-label": t("ui.daily.table_label") },
      el(
        "table",
        { class: "numbers" },
        el("thead", {}, el("tr", {}, ...heads.map((words) => el("th", { scope: "col" }, words)))),
        el("tbody", {}, ...lines),
      ),
    ),
  );
}
