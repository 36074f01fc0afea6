// @ts-check
// Which view an address names.

import { activity } from "./activity/activity.js";
import { check } from "./check/check.js";
import { libraries } from "./libraries/libraries.js";
import { overview } from "./overview/overview.js";
import { el } from "./parts/dom.js";
import { request } from "./requests/request.js";
import { requests } from "./requests/requests.js";
import { settings } from "./settings/settings.js";

/** @typedef {import("./types.js").View} View */

/** @type {Record<string, View>} */
const VIEWS = { "": overview, requests, libraries, settings, check, activity };

/** @type {View} */
const LOST = {
  title: "There is nothing here",
  open: ({ place }) =>
    place.append(
      el("p", {}, "No view has this address. ", el("a", { href: "#/" }, "To the overview")),
    ),
};

/** @param {import("./types.js").Route} route */
export function viewOf({ path }) {
  const [first = "", second] = path;
  if (path.length > 2) return LOST;
  if (second !== undefined) return first === "requests" ? request : LOST;
  return Object.hasOwn(VIEWS, first) ? (VIEWS[first] ?? LOST) : LOST;
}
