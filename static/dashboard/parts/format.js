// @ts-check
// Times, numbers and lists in words.

import { LANGUAGE, number, t } from "../../texts.js";
import { el } from "./dom.js";

// The page's language, in the reader's own variant (en-US, de-AT).
const LOCALE = navigator.language.startsWith(LANGUAGE)
  ? navigator.language
  : LANGUAGE === "en"
    ? "en-GB"
    : LANGUAGE;
const RELATIVE = new Intl.RelativeTimeFormat(LOCALE, { numeric: "auto" });
const EXACT = new Intl.DateTimeFormat(LOCALE, { dateStyle: "medium", timeStyle: "short" });
const EXACT_DAY = new Intl.DateTimeFormat(LOCALE, { dateStyle: "medium" });
const DAY = new Intl.DateTimeFormat(LOCALE, { day: "numeric", month: "short", timeZone: "UTC" });
const SECONDS = new Intl.NumberFormat(LOCALE, {
  minimumFractionDigits: 1,
  maximumFractionDigits: 1,
});
const TICK_MS = 30_000;
const JUST_NOW_SECONDS = 45;

/** @type {[Intl.RelativeTimeFormatUnit, number][]} */
const UNITS = [
  ["year", 31_536_000],
  ["month", 2_592_000],
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
];

/**
 * "3 minutes ago", "in 2 hours", "just now".
 * @param {string} at RFC 3339
 */
export function relative(at, now = Date.now()) {
  const seconds = (Date.parse(at) - now) / 1000;
  const size = Math.abs(seconds);
  if (size < JUST_NOW_SECONDS) return t(seconds > 1 ? "ui.in_a_moment" : "ui.just_now");
  const [unit, length] = UNITS.find(([, each]) => size >= each) ?? ["minute", 60];
  return RELATIVE.format(Math.round(seconds / length), unit);
}

/** Date and time of day, where the reader is. @param {string} at */
export function exact(at) {
  return EXACT.format(new Date(at));
}

/** The day alone, where the reader is. @param {string} at */
export function exactDay(at) {
  return EXACT_DAY.format(new Date(at));
}

/** A day, and how far away it is. @param {string} at */
export function dayAnd(at) {
  const away = el("span", { class: "quiet" }, ` (${relative(at)})`);
  return el("time", { datetime: at }, exactDay(at), away);
}

/** A moment as an element that is kept up to date while shown. @param {string} at */
export function time(at) {
  return el("time", { datetime: at, title: exact(at), "data-relative": true }, relative(at));
}

/** A calendar day, "24 Nov". @param {string} date YYYY-MM-DD */
export function day(date) {
  return DAY.format(new Date(`${date}T00:00:00Z`));
}

export { number };

/** "a, b and c". @param {string[]} words */
export function listed(words) {
  if (!Intl.ListFormat) return words.join(", ");
  return new Intl.ListFormat(LOCALE, { type: "conjunction" }).format(words);
}

/** How long something took. @param {number} ms */
export function took(ms) {
  if (ms < 1) return t("ui.under_1_ms");
  return ms < 1000 ? `${Math.round(ms)} ms` : `${SECONDS.format(ms / 1000)} s`;
}

/** Keeps every shown moment up to date while the page is open. */
export function keepTimesRight() {
  setInterval(() => {
    for (const one of document.querySelectorAll("time[data-relative]")) {
      one.textContent = relative(one.getAttribute("datetime") ?? "");
    }
  }, TICK_MS);
}
