// @ts-check
// Passkeys in the browser. What the server says and gets is JSON with base64url in the place of
// bytes; browsers that translate it themselves are younger than the oldest that are supported.

import { t } from "../../texts.js";

const ADDRESS = /^(\d+\.){3}\d+$|^\[/;

/** Why there are no passkeys here, in a sentence; "" where there are. */
export function whyNoPasskeys() {
  const { hostname, origin } = window.location;
  if (!window.isSecureContext || ADDRESS.test(hostname))
    return t("ui.passkeys.not_here", { origin });
  return window.PublicKeyCredential ? "" : t("ui.passkeys.no_browser");
}

/**
 * Has the device make a passkey; null where the person calls it off, or it takes too long.
 * @param {any} options
 */
export async function makePasskey(options) {
  const publicKey = {
    ...options,
    challenge: bytes(options.challenge),
    user: { ...options.user, id: bytes(options.user.id) },
    excludeCredentials: (options.excludeCredentials ?? []).map(withBytes),
  };
  return asked(() => navigator.credentials.create({ publicKey }));
}

/**
 * Has one of the device's passkeys sign; null as above.
 * @param {any} options
 */
export async function usePasskey(options) {
  const publicKey = { ...options, challenge: bytes(options.challenge), allowCredentials: [] };
  return asked(() => navigator.credentials.get({ publicKey }));
}

/** @param {() => Promise<Credential | null>} ask */
async function asked(ask) {
  try {
    const made = /** @type {any} */ (await ask());
    return made && asJson(made);
  } catch (thrown) {
    if (thrown instanceof DOMException && CALLED_OFF.has(thrown.name)) return null;
    throw thrown;
  }
}

const CALLED_OFF = new Set(["NotAllowedError", "AbortError"]);
const PARTS = [
  "clientDataJSON",
  "attestationObject",
  "authenticatorData",
  "signature",
  "userHandle",
];

/** @param {any} made a PublicKeyCredential */
function asJson(made) {
  /** @type {Record<string, string>} */
  const response = {};
  for (const name of PARTS) if (made.response[name]) response[name] = text(made.response[name]);
  return { id: made.id, rawId: text(made.rawId), type: made.type, response };
}

/** @param {{ id: string }} one */
function withBytes(one) {
  return { ...one, id: bytes(one.id) };
}

/** @param {string} base64url */
function bytes(base64url) {
  const base64 = base64url.replace(/-/g, "+").replace(/_/g, "/");
  return Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
}

/** @param {ArrayBuffer} buffer */
function text(buffer) {
  const chars = String.fromCharCode(...new Uint8Array(buffer));
  return btoa(chars).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
}
