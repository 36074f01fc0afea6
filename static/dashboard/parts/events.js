// @ts-check
// The audit log in sentences: who did what, when, from what to what.

import { el } from "./dom.js";
import { time } from "./format.js";
import { referenceLine } from "./notice.js";
import { address } from "./router.js";
import { ACTORS, DEEDS, FIELDS, plain } from "./words.js";

/** @typedef {import("../types.js").AuditEvent} AuditEvent */

const REQUEST_ID = /^[0-9a-f]{8}-[0-9a-f-]{27}$/;

/** @param {AuditEvent} event */
export function sentence(event) {
  const who = ACTORS[event.door] ?? (event.actor || "Somebody");
  return `${who} ${DEEDS[event.action] ?? plain(event.action).toLowerCase()}`;
}

/** @param {AuditEvent} event */
export function eventLine(event) {
  return el(
    "li",
    {},
    el("p", { class: "event-words" }, sentence(event), ...targetOf(event), " ", time(event.at)),
    el("details", {}, el("summary", {}, "Details"), changes(event), referenceLine(event.reference)),
  );
}

/** @param {AuditEvent} event */
function targetOf(event) {
  if (!REQUEST_ID.test(event.target)) return [];
  const link = el("a", { href: address(["requests", event.target]) }, "see the request");
  return [" (", link, ")"];
}

/** @param {AuditEvent} event */
function changes({ before = {}, after = {} }) {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  if (names.length === 0) return null;
  const pairs = names.flatMap((name) => [
    el("dt", {}, FIELDS[name] ?? plain(name)),
    el("dd", {}, ...change(before[name], after[name])),
  ]);
  return el("dl", { class: "changes" }, ...pairs);
}

/**
 * @param {unknown} old
 * @param {unknown} now
 */
function change(old, now) {
  const unseen = el("span", { class: "unseen" }, " became ");
  const arrow = el("span", { "aria-hidden": "true" }, " → ");
  if (old === undefined) return [valueWords(now)];
  if (now === undefined) return [valueWords(old)];
  return [el("del", {}, valueWords(old)), unseen, arrow, el("ins", {}, valueWords(now))];
}

/** @param {unknown} value @returns {string} */
export function valueWords(value) {
  if (value === true) return "yes";
  if (value === false) return "no";
  if (value === "" || value === null || value === undefined) return "nothing";
  if (Array.isArray(value)) return value.length > 0 ? value.map(valueWords).join(", ") : "none";
  if (typeof value === "object")
    return String(Reflect.get(value, "title") ?? JSON.stringify(value));
  return String(value);
}
