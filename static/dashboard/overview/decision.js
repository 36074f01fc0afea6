// @ts-check
// One request waiting for approval: the answer is shown in its place, and can be undone.

import { t } from "../../texts.js";
import { outcome } from "../parts/actions.js";
import { post } from "../parts/api.js";
import { announce, breakable, el } from "../parts/dom.js";
import { problemNotice } from "../parts/notice.js";
import { asProblem } from "../parts/problem.js";
import { standing } from "../parts/status.js";
import { inAMoment } from "../parts/undo.js";
import { WAITING } from "../parts/words.js";
import { briefRow } from "./brief.js";

/** @typedef {import("../types.js").Row} Row */
/** @typedef {"approve" | "deny"} Answer */
/** @typedef {(now: Row, before: Row) => void} Answered */

/** @type {Record<Answer, { label: string, done: string, className: string }>} */
const ANSWERS = {
  approve: { label: t("ui.approve"), done: "ui.waiting.approved", className: "" },
  deny: { label: t("ui.deny"), done: "ui.waiting.denied", className: "plain" },
};

/**
 * @param {Row} row
 * @param {HTMLElement} place where it is told what went wrong
 * @param {Answered} onDone
 * @returns {HTMLTableRowElement}
 */
export function undecided(row, place, onDone) {
  const buttons = Object.entries(ANSWERS).map(([answer, { label, className }]) => {
    const name = t("ui.action_for", { action: label, name: row.email_or_username });
    const button = el("button", { type: "button", class: className, "aria-label": name }, label);
    button.addEventListener("click", () =>
      decide(made, row, /** @type {Answer} */ (answer), place, onDone),
    );
    return button;
  });
  const made = briefRow(row, el("div", { class: "actions small" }, ...buttons));
  return made;
}

/**
 * @param {HTMLTableRowElement} shown
 * @param {Row} row
 * @param {Answer} answer
 * @param {HTMLElement} place
 * @param {Answered} onDone
 */
function decide(shown, row, answer, place, onDone) {
  const words = t(ANSWERS[answer].done, { name: row.email_or_username });
  const label = t("ui.undo");
  const name = t("ui.action_for", { action: label, name: row.email_or_username });
  const undo = el("button", { type: "button", class: "plain", "aria-label": name }, label);
  const decided = el(
    "tr",
    { role: "row", class: "decided" },
    el("th", { role: "rowheader", scope: "row", colspan: "2" }, ...breakable(words)),
    el("td", { role: "cell", class: "cell-do" }, el("div", { class: "actions small" }, undo)),
  );
  const again = () => {
    const hadFocus = decided.contains(document.activeElement);
    const made = undecided(row, place, onDone);
    decided.replaceWith(made);
    if (hadFocus) focusIn(made);
  };
  const takeBack = inAMoment(async () => {
    undo.setAttribute("aria-disabled", "true");
    try {
      settled(decided, row, await send(row, answer), place, onDone);
    } catch (thrown) {
      again();
      place.replaceChildren(problemNotice(asProblem(thrown)));
    }
  });
  undo.addEventListener("click", (event) => {
    if (event.detail > 1) return; // a double click on the answer, whose place this button took
    if (takeBack()) again();
  });
  shown.replaceWith(decided);
  undo.focus({ preventScroll: true });
  announce(words);
}

/** @param {Row} row @param {Answer} answer @returns {Promise<Row>} */
function send(row, answer) {
  const path = `invites/${encodeURIComponent(row.request_id)}/${answer}`;
  return post(path, {}, { keepalive: true });
}

/**
 * It disappears; a message is shown only if something unexpected happened.
 * @param {HTMLTableRowElement} decided
 * @param {Row} before
 * @param {Row} now
 * @param {HTMLElement} place
 * @param {Answered} onDone
 */
function settled(decided, before, now, place, onDone) {
  const hadFocus = decided.contains(document.activeElement);
  const next = decided.nextElementSibling ?? decided.previousElementSibling;
  const card = decided.closest("section");
  decided.remove();
  if (hadFocus) focusIn(next ?? card);
  const told = outcome(now);
  const isAsMeant = !["bad", "wait"].includes(standing(now).tone) && now.status !== WAITING;
  if (isAsMeant) announce(told.textContent ?? "");
  else place.replaceChildren(told);
  onDone(now, before);
}

/** @param {Element | null} where */
function focusIn(where) {
  /** @type {HTMLElement | null | undefined} */
  const found = where?.querySelector("button, h2");
  found?.focus({ preventScroll: true });
}
