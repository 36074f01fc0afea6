// @ts-check
// Which view an address names.

import { pieces, t } from "../texts.js";
import { activity } from "./activity/activity.js";
import { check } from "./check/check.js";
import { libraries } from "./libraries/libraries.js";
import { notices } from "./notices/notices.js";
import { overview } from "./overview/overview.js";
import { el } from "./parts/dom.js";
import { later } from "./parts/later.js";
import { request } from "./requests/request.js";
import { requests } from "./requests/requests.js";
import { settings } from "./settings/settings.js";

/** @typedef {import("./types.js").View} View */

/** Views that few look at each day are loaded when they are looked at. */
const loadPeople = () => import("./people/views.js");
const people = later(t("ui.people.title"), async () => (await loadPeople()).people);
const person = later(t("ui.person.title"), async () => (await loadPeople()).person);
const operations = later(t("ui.operations.title"), async () => (await loadPeople()).operations);
const drift = later(t("ui.drift.title"), async () => (await loadPeople()).drift);
const loadLinks = () => import("./links/views.js");
const links = later(t("ui.links.title"), async () => (await loadLinks()).links);
const link = later(t("ui.links.one"), async () => (await loadLinks()).link);
const batches = later(t("ui.batch.title"), async () => (await loadLinks()).batches);
const batch = later(t("ui.batch.one"), async () => (await loadLinks()).batch);

/** @type {Record<string, View>} */
const VIEWS = {
  "": overview,
  requests,
  people,
  links,
  batches,
  libraries,
  settings,
  notices,
  check,
  activity,
};

/** What stands below a view; without a name of its own it is one of those that the view lists.
 * @type {Record<string, Record<string, View>>} */
const WITHIN = {
  requests: { "": request },
  people: { operations, drift, "": person },
  links: { "": link },
  batches: { "": batch },
};

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
  if (second === undefined) return own(VIEWS, first) ?? LOST;
  const within = own(WITHIN, first) ?? {};
  return own(within, second) ?? own(within, "") ?? LOST;
}

/**
 * @template T
 * @param {Record<string, T>} all
 * @param {string} name as an address has it: anything
 */
function own(all, name) {
  return Object.hasOwn(all, name) ? all[name] : undefined;
}
