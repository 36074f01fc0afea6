// @ts-check
// Which view an address names.

import { pieces, t } from "../texts.js";
import { overview } from "./overview/overview.js";
import { el } from "./parts/dom.js";
import { later, loadRest } from "./parts/later.js";

/** @typedef {import("./types.js").View} View */
/** The views among it. @typedef {Omit<typeof import("./rest.js"), "backFromPlex" | "leaveForPlex">} Rest */

/**
 * A view that is loaded, with all others, when the first of them is looked at.
 * @param {keyof Rest} name
 * @param {string} title
 */
function rest(name, title) {
  return later(title, async () => (await loadRest())[name]);
}

/** @type {Record<string, View>} */
const VIEWS = {
  "": overview,
  requests: rest("requests", t("ui.requests.title")),
  people: rest("people", t("ui.people.title")),
  links: rest("links", t("ui.links.title")),
  batches: rest("batches", t("ui.batch.title")),
  libraries: rest("libraries", t("ui.libraries.title")),
  settings: rest("settings", t("ui.settings.title")),
  "sign-in": rest("waysIn", t("ui.ways_in.title")),
  notices: rest("notices", t("ui.notices.title")),
  browsers: rest("browsers", t("ui.browsers.title")),
  check: rest("check", t("ui.check.title")),
  activity: rest("activity", t("ui.activity.title")),
};

/** What stands below a view; without a name of its own it is one of those that the view lists.
 * @type {Record<string, Record<string, View>>} */
const WITHIN = {
  requests: { "": rest("request", t("ui.request.title")) },
  people: {
    operations: rest("operations", t("ui.operations.title")),
    drift: rest("drift", t("ui.drift.title")),
    "": rest("person", t("ui.person.title")),
  },
  links: { "": rest("link", t("ui.links.one")) },
  batches: { "": rest("batch", t("ui.batch.one")) },
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
