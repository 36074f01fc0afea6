// @ts-check
// The libraries of one of the managed servers.

import { get } from "./api.js";

/** @typedef {import("../types.js").ListedLibrary} ListedLibrary */

/**
 * @param {string} serverId "" for the default server
 * @param {AbortSignal} [signal]
 * @returns {Promise<ListedLibrary[]>}
 */
export async function librariesOf(serverId, signal) {
  const of = serverId ? `?server_id=${encodeURIComponent(serverId)}` : "";
  return (await get(`libraries${of}`, signal)).libraries;
}
