// @ts-check
// Exactly which libraries a person has.

import { t } from "../../texts.js";
import { foldedCard } from "../parts/card.js";
import { el } from "../parts/dom.js";
import { formOf } from "../parts/forms.js";
import { librariesOf } from "../parts/libraries.js";
import { libraryTicks, ticked } from "../parts/ticks.js";
import { order } from "../people/orders.js";

/** @typedef {import("../types.js").Person} Person */
/** @typedef {import("../types.js").PlexShare} PlexShare */
/** @typedef {import("../types.js").ListedLibrary} ListedLibrary */
/** @typedef {import("./person.js").Ways} Ways */

/** @param {Person} person @param {Ways} ways */
export function librariesCards(person, ways) {
  const able = person.shares.filter(({ state }) => state === "active" || state === "pending");
  return able.map((share) => {
    const title =
      person.shares.length > 1
        ? t("ui.person.libraries_on", { server: share.server_name })
        : t("ui.libraries.title");
    const load = () => librariesOf(share.server_id);
    return foldedCard(title, 3, load, (libraries) => [form(share, libraries, ways)]);
  });
}

/** @param {PlexShare} share @param {ListedLibrary[]} libraries @param {Ways} ways */
function form(share, libraries, { path, done }) {
  const has = new Set(share.libraries.map(({ id }) => id));
  const offered = libraries.map((one) => ({ ...one, shared: has.has(one.id) }));
  return formOf({
    fields: [
      share.state === "pending" && el("p", {}, t("ui.person.pending_change")),
      libraryTicks(offered, t("ui.person.libraries_choose"), "libraries"),
    ],
    button: el("button", { type: "submit" }, t("ui.person.libraries_save")),
    busy: t("ui.asking_plex"),
    send: async (made) => {
      const body = { server_id: share.server_id, libraries: ticked(made) };
      await done(await order("PUT", `${path}/libraries`, body));
    },
  });
}
