// @ts-check
// The layered check: each layer with what it found, and the one thing to do.

import { el } from "./dom.js";
import { counted, took } from "./format.js";
import { icon } from "./icons.js";
import { CHECKS, plain } from "./words.js";

/** @typedef {import("../types.js").Check} Check */

const WORDS = {
  ok: { label: "Fine", icon: "good", tone: "good" },
  warning: { label: "Look at it", icon: "warning", tone: "wait" },
  error: { label: "Broken", icon: "bad", tone: "bad" },
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
        el("p", { class: "fix" }, el("strong", {}, "To do: "), check.fix),
    ),
  );
}

/** @param {Check} check */
function nameOf({ name }) {
  return CHECKS[name] ?? plain(name);
}

/** How long each took, for whoever looks for what is slow. @param {Check[]} checks */
export function timesTaken(checks) {
  const each = checks.map((check) =>
    el("div", {}, el("dt", {}, nameOf(check)), el("dd", {}, took(check.ms))),
  );
  return el(
    "details",
    {},
    el("summary", {}, "How long each took"),
    el("dl", { class: "facts" }, ...each),
  );
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
    const title = counted(broken, "thing is broken", "things are broken");
    return { title, tone: "bad", icon: "bad" };
  }
  if (found.length > 0) {
    const title = counted(found.length, "thing needs a look", "things need a look");
    return { title, tone: "wait", icon: "warning" };
  }
  return { title: "All is well", tone: "good", icon: "good" };
}
