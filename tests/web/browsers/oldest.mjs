// The oldest browsers that Helpr's pages work in, and what they lack according to MDN's data.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const root = new URL("../../../", import.meta.url);
/** From package.json, so that the README, the check and its tests say the same. */
export const OLDEST = JSON.parse(readFileSync(new URL("package.json", root), "utf8")).oldestBrowsers;

export const data = createRequire(import.meta.url)("@mdn/browser-compat-data");

/** @param {string} version such as "15.6", "≤13.1" or "preview" */
function parts(version) {
  return version.replace("≤", "").split(".").map(Number);
}

/** @param {string} one @param {string} other */
function isLater(one, other) {
  const [left, right] = [parts(one), parts(other)];
  for (const at of [0, 1, 2]) {
    const difference = (left[at] ?? 0) - (right[at] ?? 0);
    if (difference !== 0) return difference > 0;
  }
  return false;
}

/** Whether a browser of that version has it, under this name and without a switch. */
function has(support, version) {
  const added = support.version_added;
  if (!added || added === "preview" || support.prefix || support.alternative_name) return false;
  if (support.flags || (support.version_removed && !isLater(support.version_removed, version))) return false;
  return added === true || !isLater(added, version);
}

/**
 * The browsers that lack a feature, as words: "Safari 15.6 (since 16)".
 * @param {any} feature a node of MDN's data; what it does not know is taken to be there
 * @param {{ never?: boolean }} [options] whether browsers count that have it in no version at all
 * @returns {string[]}
 */
export function lacking(feature, { never = true } = {}) {
  const all = feature?.__compat?.support;
  if (!all) return [];
  return Object.entries(OLDEST).flatMap(([browser, version]) => {
    const known = [all[browser] ?? []].flat();
    if (known.length === 0 || known.some((one) => has(one, version))) return [];
    const since = known.map((one) => one.version_added).find((one) => typeof one === "string");
    if (!since && !never) return [];
    return [`${data.browsers[browser].name} ${version} (${since ? `since ${since}` : "never"})`];
  });
}

/** For styles and markup, which a browser may go on ignoring: only what newer ones do know. */
export function lackingYet(feature) {
  return lacking(feature, { never: false });
}
