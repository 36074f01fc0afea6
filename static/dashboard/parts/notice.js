// @ts-check
// Short messages inside a view: what went wrong and what to do, or what was done.

import { LANGUAGE, pieces, t } from "../../texts.js";
import { el } from "./dom.js";
import { icon } from "./icons.js";
import { asProblem, OFFLINE } from "./problem.js";

/** @typedef {import("./problem.js").Problem} Problem */
/** @typedef {import("../types.js").FieldError} FieldError */
/** @typedef {import("./dom.js").Piece} Piece */

/**
 * @param {"good" | "wait" | "bad"} tone
 * @param {string} title
 * @param {...(Piece | Piece[])} body
 */
export function notice(tone, title, ...body) {
  const drawing = { good: "good", wait: "warning", bad: "bad" }[tone];
  return el(
    "div",
    { class: `notice ${tone}`, tabindex: "-1" },
    icon(drawing),
    el("div", {}, el("p", { class: "notice-title" }, title), ...body),
  );
}

/** Whether the view says already that nothing answers: once is enough. @param {Problem} problem */
export function isTold(problem) {
  return problem.code === OFFLINE.code && offlineNotices().length > 0;
}

function offlineNotices() {
  return [...document.querySelectorAll("main .notice.offline")];
}

/**
 * A problem for people: what, why, the reference for the log, and what to do next. Of those that say
 * that nothing answers, the newest stays whole; of the others only the button is left.
 * @param {Problem} problem
 * @param {...Piece} after
 */
export function problemNotice(problem, ...after) {
  const made = notice(
    "bad",
    problem.title,
    problem.detail !== problem.title && el("p", {}, problem.detail),
    problem.errors.length > 0 &&
      el("ul", {}, ...problem.errors.map((one) => el("li", {}, errorWords(one)))),
    problem.retryAfterSeconds > 0 && el("p", {}, waitWords(problem.retryAfterSeconds)),
    problem.reference && referenceLine(problem.reference),
    ...after,
  );
  made.lastElementChild?.setAttribute("role", "alert");
  if (problem.code === OFFLINE.code) {
    for (const earlier of offlineNotices())
      earlier.replaceWith(...earlier.querySelectorAll("button"));
    made.classList.add("offline");
  }
  return made;
}

/**
 * Shows it in the place, and moves the focus there.
 * @param {HTMLElement} place
 * @param {HTMLElement} told
 */
export function tell(place, told) {
  place.replaceChildren(told);
  told.focus();
}

/**
 * The same for anything thrown.
 * @param {HTMLElement} place
 * @param {unknown} thrown
 */
export function tellProblem(place, thrown) {
  tell(place, problemNotice(asProblem(thrown)));
}

/** With the name of what it is about: a setting, where there is no field. @param {FieldError} error */
export function errorWords({ field, message }) {
  return field ? t("ui.field_error", { field, message }) : message;
}

/** @param {string} reference */
export function referenceLine(reference) {
  return el(
    "p",
    { class: "reference" },
    ...pieces("ui.reference", { reference: el("code", {}, reference) }),
  );
}

/** When to try again, to the minute if it is long. @param {number} seconds */
export function waitWords(seconds) {
  const at = new Date(Date.now() + seconds * 1000);
  const clock = at.toLocaleTimeString(LANGUAGE, { hour: "2-digit", minute: "2-digit" });
  const span =
    seconds < 90
      ? t("ui.wait.seconds", { count: Math.ceil(seconds) })
      : t("ui.wait.minutes", { count: Math.ceil(seconds / 60) });
  return t("ui.wait.again", { span, clock });
}
