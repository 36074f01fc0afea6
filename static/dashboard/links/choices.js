// @ts-check
// What the form of a link offers: libraries, presets of restrictions, servers.

import { get } from "../parts/api.js";
import { librariesOf } from "../parts/libraries.js";
import { asProblem } from "../parts/problem.js";

/** @typedef {import("../types.js").ListedLibrary} ListedLibrary */
/** @typedef {import("../types.js").Preset} Preset */
/** @typedef {import("../types.js").OwnedServer} OwnedServer */
/** @typedef {{ libraries: ListedLibrary[], presets: Preset[], servers: OwnedServer[] }} Choices
 *   servers: those that are looked after, the default one first */

/**
 * @param {string | undefined} serverId of the link; nothing for the default server
 * @param {AbortSignal} signal
 * @returns {Promise<Choices>}
 */
export async function readChoices(serverId, signal) {
  const [libraries, presets, servers] = await Promise.all([
    librariesOf(serverId ?? "", signal),
    // A link can be made without these.
    get("presets", signal).then((got) => got.presets, without(signal)),
    get("servers", signal).then((got) => got.servers, without(signal)),
  ]);
  const managed = /** @type {OwnedServer[]} */ (servers).filter((one) => one.managed);
  return { libraries, presets, servers: managed };
}

/** @param {AbortSignal} signal @returns {(thrown: unknown) => never[]} */
function without(signal) {
  return (thrown) => {
    if (!signal.aborted) asProblem(thrown); // logs what no answer explains
    return [];
  };
}
