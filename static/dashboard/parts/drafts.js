// @ts-check
// Unsaved input by view, so that switching views loses nothing. In memory
// only; leaving the page asks first.

/** @type {Map<string, unknown>} */
const kept = new Map();

/**
 * @template T
 * @param {string} name
 * @returns {T | undefined}
 */
export function draft(name) {
  return /** @type {T | undefined} */ (kept.get(name));
}

/**
 * @param {string} name
 * @param {unknown} value
 */
export function keepDraft(name, value) {
  kept.set(name, value);
}

/** @param {string} name */
export function dropDraft(name) {
  kept.delete(name);
}

window.addEventListener("beforeunload", (event) => {
  if (kept.size > 0) event.preventDefault();
});
