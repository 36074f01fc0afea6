// @ts-check
// When a person's access ends: a date, some more days, or no end.

import { t } from "../../texts.js";
import { titledCard } from "../parts/card.js";
import { dayOf, endOfDay } from "../parts/days.js";
import { el } from "../parts/dom.js";
import { field, formOf, textInput } from "../parts/forms.js";
import { order, ordering } from "../people/orders.js";

/** @typedef {import("../types.js").Person} Person */
/** @typedef {import("../types.js").PlexShare} PlexShare */
/** @typedef {import("./person.js").Ways} Ways */

const EXTENSIONS = [7, 30, 90];

/** Nothing for members of the Home: their access never ends. @param {Person} person @param {Ways}
 * ways */
export function accessCards(person, ways) {
  if (person.home) return [];
  const several = person.shares.length > 1;
  return person.shares.map((share, at) => {
    const title = several
      ? t("ui.person.access_on", { server: share.server_name })
      : t("ui.person.access");
    return titledCard(
      title,
      person.exempt && el("p", { class: "quiet" }, t("ui.person.exempt_now")),
      share.state === "gone" && el("p", { class: "quiet" }, t("ui.person.extend_gone")),
      form(share, at, ways),
    );
  });
}

/** @param {PlexShare} share @param {number} at @param {Ways} ways */
function form(share, at, { path, done, failed }) {
  const set = (/** @type {object} */ body) =>
    order("PUT", `${path}/access`, { server_id: share.server_id, ...body });
  const day = textInput("until", { type: "date", value: dayOf(share.access_until) });
  const ends = Boolean(share.access_until);
  const longer = EXTENSIONS.map((days) =>
    ordering(
      el("button", { type: "button", class: "plain" }, t("ui.person.extend", { count: days })),
      () => set({ extend_days: days }),
      done,
      failed,
    ),
  );
  const never = ordering(
    el("button", { type: "button", class: "plain" }, t("ui.person.no_end")),
    () => set({ until: null }),
    done,
    failed,
  );
  const name = at === 0 ? "until" : `until-${at}`;
  const words = { label: t("ui.person.until"), hint: t("ui.bulk.until_hint") };
  return formOf({
    attributes: { class: "access" },
    fields: [field({ ...words, control: day, name })],
    button: el("button", { type: "submit" }, t("ui.save")),
    beside: [...(ends || share.state === "gone" ? longer : []), ...(ends ? [never] : [])],
    busy: t("ui.saving"),
    send: async () => done(await set({ until: endOfDay(day.value) })),
  });
}
