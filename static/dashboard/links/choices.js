// @ts-check
// What the form of a link offers: libraries, presets of restrictions, servers.

import { get } from "../parts/api.js";
import { asProblem } from "../parts/problem.js";

/** @typedef {import("../types.js").ListedLibrary} ListedLibrary */
/** @typedef {import("../types.js").Preset} Preset */
/** @typedef {import("../types.js").Libraries} Libraries */
/** @typedef {{ libraries: ListedLibrary[], presets: Preset[], servers: { server_id: string, name: string }[] }} Choices
 *   servers: those that are looked after, the default one first; none where it is alone */

/**
 * @param {string | undefined} serverId of the link; nothing for the default server
 * @param {AbortSignal} signal
 * @returns {Promise<Choices>}
 */
export async function readChoices(serverId, signal) {
  const of = serverId ? `?server_id=${encodeURIComponent(serverId)}` : "";
  const [got, presets] = await Promise.all([
    /** @type {Promise<Libraries>} */ (get(`libraries${of}`, signal)),
    // A link can be made without these.
    get("presets", signal).then((found) => found.presets, without(signal)),
  ]);
  return { libraries: got.libraries, presets, servers: got.servers ?? [] };
}

/** @param {AbortSignal} signal @returns {(thrown: unknown) => never[]} */
function without(signal) {
  return (thrown) => {
    if (!signal.aborted) asProblem(thrown); // logs what no answer explains
    return [];
  };
}
