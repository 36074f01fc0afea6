// @ts-check
// The way to Plex's own page: this browser makes the PIN, so that Plex has nobody to warn about.
// Where that fails Helpr makes it, and Plex's warning is to be expected.

import { ownPin, within } from "./plex_pin.js";

const PATIENCE_MS = 15_000;

/**
 * @typedef {{ sign_in_id: string, client_identifier: string, product: string }} Begun
 * @typedef {{ sign_in_id: string, auth_url: string, alert_expected: boolean }} Way
 * @typedef {{ code?: string, detail?: string, errors?: { field: string, message: string }[] }} Problem
 * @typedef {{ problem: Problem, seconds: number }} Refusal `seconds` until it is worth trying again
 */

/**
 * Begins a sign-in at that path. A refusal's problem is empty where the answer is none of ours. Throws
 * where there is no answer.
 * @param {string} path
 * @param {object} typed
 * @param {string} pins where Plex makes PINs
 * @returns {Promise<Way | Refusal>}
 */
export async function beginAtPlex(path, typed, pins) {
  const answer = await ask("POST", path, typed);
  const body = await answer.json().catch(() => ({}));
  if (!answer.ok) return refusal(body, answer);
  /** @type {Begun} */
  const begun = body;
  const pin = await ownPin(pins, begun.client_identifier, begun.product).catch(() => undefined);
  const where = await ask("PUT", `${path}/${begun.sign_in_id}/pin`, pin);
  const found = await where.json().catch(() => ({}));
  if (!where.ok) return refusal(found, where);
  return { sign_in_id: begun.sign_in_id, ...found };
}

/**
 * @param {Problem} problem
 * @param {Response} answer
 * @returns {Refusal}
 */
function refusal(problem, answer) {
  return { problem, seconds: Number(answer.headers.get("Retry-After")) };
}

/**
 * @param {string} method
 * @param {string} path
 * @param {object} [body]
 */
export function ask(method, path, body) {
  /** @type {Record<string, string>} */
  const headers = { Accept: "application/json" };
  if (body) headers["Content-Type"] = "application/json";
  return within(PATIENCE_MS, (signal) =>
    fetch(path, { method, headers, body: body ? JSON.stringify(body) : null, signal }),
  );
}
