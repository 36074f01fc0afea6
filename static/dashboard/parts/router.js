// @ts-check
// Views are addresses in the hash, so that Back, a reload and a bookmark find them again.

/** @typedef {import("../types.js").Route} Route */

/** The route of a hash, or null if it is not one of ours. @param {string} hash @returns {Route | null} */
export function parse(hash) {
  if (hash !== "" && !hash.startsWith("#/")) return null;
  const [path, query = ""] = hash.slice(2).split("?", 2);
  const parts = (path ?? "").split("/").filter(Boolean);
  return { path: parts.map(decoded), query: new URLSearchParams(query) };
}

/** @param {string} part */
function decoded(part) {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/**
 * The hash of a view; empty query fields are left out.
 * @param {string[]} path
 * @param {Record<string, string | null | undefined>} [query]
 */
export function address(path, query = {}) {
  const kept = Object.entries(query).filter((pair) => pair[1]);
  const search = new URLSearchParams(/** @type {[string, string][]} */ (kept)).toString();
  return `#/${path.map(encodeURIComponent).join("/")}${search ? `?${search}` : ""}`;
}

/** @param {string} hash */
export function go(hash) {
  window.location.hash = hash;
}
