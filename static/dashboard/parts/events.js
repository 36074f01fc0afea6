// @ts-check
// The audit log in sentences: who did what and when, with the values before and after.

import { has, t } from "../../texts.js";
import { el } from "./dom.js";
import { time } from "./format.js";
import { referenceLine } from "./notice.js";
import { address } from "./router.js";
import { named, plain } from "./words.js";

/** @typedef {import("../types.js").AuditEvent} AuditEvent */

const PERSON = "person:";
const ID = /^[0-9a-f]{8}-[0-9a-f-]{27}$/;

/** @param {AuditEvent} event */
export function sentence(event) {
  const actor = `ui.actor.${event.door}`;
  const who = has(actor) ? t(actor) : event.actor || t("ui.actor.nobody");
  const code = `ui.deed.${event.action}`;
  return has(code) ? t(code, { who }) : `${who}: ${plain(event.action)}`;
}

/** @param {AuditEvent} event */
export function eventLine(event) {
  return el(
    "li",
    {},
    el("p", { class: "event-words" }, sentence(event), ...targetOf(event), " ", time(event.at)),
    el(
      "details",
      {},
      el("summary", {}, t("ui.details")),
      changes(event),
      referenceLine(event.reference),
    ),
  );
}

/** @param {AuditEvent} event */
function targetOf(event) {
  const [kind, id] = event.target.startsWith(PERSON)
    ? ["people", event.target.slice(PERSON.length)]
    : ["requests", event.target];
  if (!ID.test(id)) return [];
  const words = t(kind === "people" ? "ui.see_person" : "ui.see_request");
  return [" (", el("a", { href: address([kind, id]) }, words), ")"];
}

/** @param {AuditEvent} event */
function changes({ before = {}, after = {} }) {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  if (names.length === 0) return null;
  const pairs = names.flatMap((name) => [
    el("dt", {}, named("ui.field", name)),
    el("dd", {}, ...change(before[name], after[name])),
  ]);
  return el("dl", { class: "changes" }, ...pairs);
}

/**
 * @param {unknown} old
 * @param {unknown} now
 */
function change(old, now) {
  const unseen = el("span", { class: "unseen" }, ` ${t("ui.became")} `);
  const arrow = el("span", { "aria-hidden": "true" }, " → ");
  if (old === undefined) return [valueWords(now)];
  if (now === undefined) return [valueWords(old)];
  return [el("del", {}, valueWords(old)), unseen, arrow, el("ins", {}, valueWords(now))];
}

/** @param {unknown} value @returns {string} */
export function valueWords(value) {
  if (value === true) return t("ui.yes");
  if (value === false) return t("ui.no");
  if (value === "" || value === null || value === undefined) return t("ui.nothing");
  if (Array.isArray(value))
    return value.length > 0 ? value.map(valueWords).join(", ") : t("ui.none");
  if (typeof value === "object")
    return String(Reflect.get(value, "title") ?? JSON.stringify(value));
  return String(value);
}
