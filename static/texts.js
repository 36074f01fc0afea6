// @ts-check
// The page's sentences, in its language: the server put them there, from helpr_core/texts.

/** @typedef {string | number | Node} Value */

const PLACE = /\{(\w+)\}/;
const REPEATS_AFTER = 100;

/** @type {{ language?: string, plurals?: string, texts?: Record<string, string | string[]>, more?: string }} */
const given = JSON.parse(document.getElementById("texts")?.textContent || "{}");
const texts = given.texts ?? {};
const plurals = given.plurals ?? "10";

export const LANGUAGE = given.language ?? "en";
const NUMBER = new Intl.NumberFormat(LANGUAGE);

/** @param {number} count */
export function number(count) {
  return NUMBER.format(count);
}

/** The sentences that the page came without, from where it says they are. Rejects where they do not come. */
export async function loadMore() {
  if (!given.more) return;
  const response = await fetch(given.more);
  if (!response.ok) throw new Error(`${given.more}: ${response.status}`);
  Object.assign(texts, (await response.json()).texts);
}

/** Whether there is a sentence of that code. @param {string} code */
export function has(code) {
  return code in texts;
}

/**
 * The sentence of that code; `count`, if it is given, chooses its plural form.
 * @param {string} code
 * @param {Record<string, string | number>} [params]
 */
export function t(code, params = {}) {
  return pieces(code, params).join("");
}

/**
 * The same in pieces, for a sentence with elements in it.
 * @param {string} code
 * @param {Record<string, Value>} [params]
 * @returns {(string | Node)[]}
 */
export function pieces(code, params = {}) {
  // Every second one is the name of a place.
  const parts = form(texts[code] ?? code, params.count).split(PLACE);
  return parts.map((part, at) => (at % 2 ? shown(params[part] ?? "…") : part)).filter(Boolean);
}

/**
 * @param {string | string[]} forms
 * @param {Value | undefined} count
 */
function form(forms, count) {
  if (typeof forms === "string") return forms;
  const whole = typeof count === "number" ? Math.abs(Math.trunc(count)) : 0;
  const at = whole < plurals.length ? whole : REPEATS_AFTER + (whole % REPEATS_AFTER);
  return forms[Number(plurals[at] ?? 0)] ?? forms[0] ?? "";
}

/** @param {Value} value */
function shown(value) {
  return typeof value === "number" ? number(value) : value;
}
