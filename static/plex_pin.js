// @ts-check
// The PIN of a sign-in with Plex, made by this browser: so Plex has nobody to warn about.

const PATIENCE_MS = 7_500;

/** @typedef {{ pin_id: number, pin_code: string }} Pin */

/**
 * @param {string} address where Plex makes PINs
 * @param {string} identifier the sign-in's own device
 * @param {string} product
 * @returns {Promise<Pin>}
 */
export async function ownPin(address, identifier, product) {
  const answer = await within(PATIENCE_MS, (signal) =>
    fetch(`${address}?strong=true`, {
      method: "POST",
      credentials: "omit",
      headers: {
        Accept: "application/json",
        "X-Plex-Client-Identifier": identifier,
        "X-Plex-Product": product,
      },
      signal,
    }),
  );
  if (!answer.ok) throw new Error("no PIN");
  const pin = await answer.json();
  return { pin_id: pin.id, pin_code: pin.code };
}

/**
 * @param {number} ms
 * @param {(signal: AbortSignal) => Promise<Response>} call
 */
export function within(ms, call) {
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(), ms);
  return call(late.signal).finally(() => clearTimeout(timer));
}
