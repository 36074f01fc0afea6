// @ts-check
// The lines of a list: what would happen to each, or what has.

import { has, t } from "../../texts.js";
import { breakable, el } from "../parts/dom.js";
import { listed } from "../parts/format.js";
import { address } from "../parts/router.js";
import { badge } from "../parts/status.js";
import { bodyOf, cell, headCell, rowOf, tableOf } from "../parts/table.js";
import { plain, STATUSES } from "../parts/words.js";

/** @typedef {import("../types.js").JudgedLine} JudgedLine */
/** @typedef {import("../types.js").OpenedLine} OpenedLine */
/** @typedef {import("../parts/words.js").Word} Word */

/** @type {Record<string, [string, "good" | "wait" | "bad" | "still"]>} */
const VERDICTS = {
  invite: ["good", "good"],
  has_access: ["accepted", "still"],
  invited: ["wait", "still"],
  open: ["wait", "still"],
  duplicate: ["copy", "still"],
  heading: ["dot", "still"],
  not_an_address: ["bad", "bad"],
  unknown_library: ["bad", "bad"],
  not_days: ["bad", "bad"],
  over_seats: ["warning", "wait"],
  deleted: ["dot", "still"],
};

const FIRST = ["invite", "success", "pending", "queued", "failed", "denied"];

/** @param {string} outcome a verdict, or the status of a request @returns {Word} */
function wordOf(outcome) {
  const [drawing, tone] = VERDICTS[outcome] ?? ["dot", "still"];
  const code = `ui.batch.outcome.${outcome}`;
  if (has(code)) return { label: t(code), icon: drawing, tone };
  return STATUSES[outcome] ?? { label: plain(outcome), icon: drawing, tone };
}

/** "12 sent, 3 waiting": counts by outcome. @param {Record<string, number>} counts */
export function countsWords(counts) {
  const each = Object.entries(counts)
    .filter(([outcome]) => outcome !== "heading")
    .sort(([one], [other]) => place(one) - place(other))
    .map(([outcome, count]) => t("ui.batch.count", { number: count, what: wordOf(outcome).label }));
  return listed(each);
}

/** The main outcomes come first. @param {string} outcome */
function place(outcome) {
  const at = FIRST.indexOf(outcome);
  return at < 0 ? FIRST.length : at;
}

/** @param {JudgedLine[]} lines */
export function judgedTable(lines) {
  return table(lines.map((line) => row(line, line.verdict, line.message, null)));
}

/** @param {OpenedLine[]} lines */
export function openedTable(lines) {
  return table(
    lines.map((line) => {
      const outcome = line.accepted_at ? "accepted" : line.outcome;
      const said = line.request_id ? (line.error_message ?? "") : line.message;
      return row(line, outcome, said, line.request_id ?? null);
    }),
  );
}

/** @param {HTMLElement[]} rows */
function table(rows) {
  const heads = ["line", "who", "outcome", "gets"].map((name) => t(`ui.batch.head.${name}`));
  return tableOf({ caption: t("ui.batch.table"), heads, body: bodyOf(rows), kind: "batch-lines" });
}

/**
 * @param {JudgedLine} line
 * @param {string} outcome
 * @param {string} said
 * @param {string | null} request
 */
function row(line, outcome, said, request) {
  const who = breakable(line.email_or_username || t("ui.nothing"));
  return rowOf(
    cell("line", String(line.line)),
    headCell(
      request ? el("a", { href: address(["requests", request]) }, ...who) : who,
      line.suggestion &&
        el("p", { class: "note" }, t("ui.batch.meant", { suggestion: line.suggestion })),
    ),
    cell(
      "status",
      badge(wordOf(outcome)),
      said && outcome !== "invite" && el("p", { class: "why" }, said),
    ),
    cell("do quiet", ...gets(line)),
  );
}

/** @param {JudgedLine} line */
function gets(line) {
  const parts = [
    line.libraries.length > 0 && listed(line.libraries.map((one) => one.title)),
    line.access_days !== undefined && t("ui.days", { count: line.access_days }),
    line.note && t("join.quoted", { name: line.note }),
  ];
  return parts.filter(Boolean).map((words) => el("p", {}, String(words)));
}
