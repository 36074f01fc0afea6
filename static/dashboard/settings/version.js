// @ts-check
// The settings as read, and saving over exactly that version.

import { call } from "../parts/api.js";
import { readFields } from "./fields.js";

/** @typedef {import("../types.js").SavedSettings} SavedSettings */
/** @typedef {import("../types.js").Settings} Settings */
/** @typedef {import("./fields.js").Fields} Fields */
/** @typedef {{ saved: SavedSettings, etag: string, fields: Fields }} Version */

/** @param {AbortSignal} signal @returns {Promise<Version>} */
export async function readVersion(signal) {
  const [answer, fields] = await Promise.all([
    call("GET", "settings", { signal }),
    readFields(signal),
  ]);
  return versionIn(answer, fields);
}

/** @param {Version} version @param {Settings} typed @returns {Promise<Version>} */
export async function save({ etag, fields }, typed) {
  const headers = { "If-Match": etag };
  return versionIn(await call("PUT", "settings", { body: typed, headers }), fields);
}

/**
 * @param {Response} response
 * @param {Fields} fields
 * @returns {Promise<Version>}
 */
async function versionIn(response, fields) {
  return { saved: await response.json(), etag: response.headers.get("ETag") ?? "", fields };
}
