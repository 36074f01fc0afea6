// @ts-check
// The layered check: each layer with what it found, and the one thing to do.

import { t } from "../../texts.js";
import { whileBusy } from "./busy.js";
import { factList } from "./card.js";
import { el } from "./dom.js";
import { took } from "./format.js";
import { icon } from "./icons.js";
import { loadRest } from "./later.js";
import { problemNotice } from "./notice.js";
import { asProblem } from "./problem.js";
import { named } from "./words.js";

/** @typedef {import("../types.js").Check} Check */

const WORDS = {
  ok: { label: t("ui.severity.ok"), icon: "good", tone: "good" },
  warning: { label: t("ui.severity.warning"), icon: "warning", tone: "wait" },
  error: { label: t("ui.severity.error"), icon: "bad", tone: "bad" },
};

/** @param {Check} check */
function wordOf(check) {
  if (check.severity === "error") return WORDS.error;
  return check.severity === "warning" || !check.ok ? WORDS.warning : WORDS.ok;
}

/** @param {Check[]} checks */
export function troubles(checks) {
  return checks.filter((check) => wordOf(check) !== WORDS.ok);
}

/** @param {Check[]} checks */
export function checkList(checks) {
  return el("ul", { class: "checks" }, ...checks.map(checkLine));
}

/** @param {Check} check */
function checkLine(check) {
  const word = wordOf(check);
  return el(
    "li",
    { class: word.tone },
    icon(word.icon),
    el(
      "div",
      {},
      el("h3", {}, nameOf(check), unseen(`: ${word.label}`)),
      check.detail && el("p", { class: "detail" }, check.detail),
      check.fix &&
        word !== WORDS.ok &&
        el("p", { class: "fix" }, el("strong", {}, `${t("ui.to_do")} `), check.fix),
      check.action === "sign_in_to_plex" && signInToPlex(),
    ),
  );
}

/** In the same tab: Plex leads back to the dashboard, whose first view shows the result. */
function signInToPlex() {
  const button = el("button", { type: "button" }, t("ui.again.button"));
  button.addEventListener("click", () =>
    whileBusy(button, t("ui.again.busy"), async () => {
      try {
        await (await loadRest()).leaveForPlex(button);
      } catch (thrown) {
        const told = problemNotice(asProblem(thrown));
        button.before(told);
        told.focus();
      }
    }),
  );
  return el("div", { class: "actions" }, button);
}

/** @param {Check} check */
function nameOf({ name }) {
  return named("ui.check_name", name);
}

/** How long each check took, to find the slow ones. @param {Check[]} checks */
export function timesTaken(checks) {
  const facts = factList(checks.map((check) => [nameOf(check), took(check.ms)]));
  return el("details", {}, el("summary", {}, t("ui.check.times")), facts);
}

/** @param {string} words */
function unseen(words) {
  return el("span", { class: "unseen" }, words);
}

/** All checks in one sentence. @param {Check[]} checks */
export function verdict(checks) {
  const found = troubles(checks);
  const broken = found.filter((check) => wordOf(check) === WORDS.error).length;
  if (broken > 0) {
    const title = t("ui.verdict.broken", { count: broken });
    return { title, tone: "bad", icon: "bad" };
  }
  if (found.length > 0) {
    const title = t("ui.verdict.warning", { count: found.length });
    return { title, tone: "wait", icon: "warning" };
  }
  return { title: t("ui.verdict.ok"), tone: "good", icon: "good" };
}
