// @ts-check
// Which view an address names.

import { pieces, t } from "../texts.js";
import { LIST } from "./collected/list.js";
import { view as overview } from "./overview/overview.js";
import { el } from "./parts/dom.js";
import { later, loadRest } from "./parts/later.js";

/** @typedef {import("./types.js").View} View */

/** By address; all but the overview are loaded when the first of them is looked at.
 * @type {Map<string, View>} */
const VIEWS = new Map(
  LIST.map(({ at, title, near }) => {
    const named = { title: t(title), near };
    const load = async () => (await loadRest()).VIEWS[at];
    return [at, at === "" ? { ...named, ...overview } : later(named, load)];
  }),
);

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
  const any = path.length === 2 ? VIEWS.get(`${encodeURIComponent(path[0])}/*`) : undefined;
  return VIEWS.get(path.map(encodeURIComponent).join("/")) ?? any ?? LOST;
}
