// @ts-check
// Which view an address names.

import { pieces, t } from "../texts.js";
import { activity } from "./activity/activity.js";
import { check } from "./check/check.js";
import { libraries } from "./libraries/libraries.js";
import { notices } from "./notices/notices.js";
import { overview } from "./overview/overview.js";
import { el } from "./parts/dom.js";
import { drift } from "./people/drift.js";
import { operations } from "./people/operations.js";
import { people } from "./people/people.js";
import { person } from "./person/person.js";
import { request } from "./requests/request.js";
import { requests } from "./requests/requests.js";
import { settings } from "./settings/settings.js";

/** @typedef {import("./types.js").View} View */

/** @type {Record<string, View>} */
const VIEWS = { "": overview, requests, people, libraries, settings, notices, check, activity };

/** What stands below a view; without a name of its own it is one of those that the view lists.
 * @type {Record<string, Record<string, View>>} */
const WITHIN = { requests: { "": request }, people: { operations, drift, "": person } };

/** @type {View} */
const LOST = {
  title: t("ui.lost.title"),
  open: ({ place }) =>
    place.append(
      el(
        "p",
        {},
        ...pieces("ui.lost.detail", { link: el("a", { href: "#/" }, t("ui.lost.link")) }),
      ),
    ),
};

/** @param {import("./types.js").Route} route */
export function viewOf({ path }) {
  const [first = "", second] = path;
  if (path.length > 2) return LOST;
  if (second !== undefined) return WITHIN[first]?.[second] ?? WITHIN[first]?.[""] ?? LOST;
  return Object.hasOwn(VIEWS, first) ? (VIEWS[first] ?? LOST) : LOST;
}
