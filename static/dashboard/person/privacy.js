// @ts-check
// Everything that is kept about a person: exporting and erasing it.

import { t } from "../../texts.js";
import { post } from "../parts/api.js";
import { whileBusy } from "../parts/busy.js";
import { titledCard } from "../parts/card.js";
import { confirmed } from "../parts/dialog.js";
import { el } from "../parts/dom.js";
import { save } from "../parts/export.js";
import { icon } from "../parts/icons.js";
import { notice } from "../parts/notice.js";
import { ordering } from "../people/orders.js";
import { nameOf } from "../people/words.js";

/** @typedef {import("../types.js").Person} Person */
/** @typedef {import("./person.js").Ways} Ways */

/** @param {Person} person @param {Ways} ways */
export function privacyCard(person, { path, done, failed }) {
  const place = el("div");
  const keep = el(
    "button",
    { type: "button", class: "plain" },
    icon("download"),
    t("ui.person.export"),
  );
  keep.addEventListener("click", () =>
    whileBusy(keep, t("ui.requests.exporting"), () =>
      save(`${path}/export`, "helpr-person.json", place),
    ),
  );
  const erase = ordering(
    el("button", { type: "button", class: "danger" }, t("ui.person.erase")),
    async () => {
      const title = t("ui.person.erase_title", { name: nameOf(person) });
      if (!(await confirmed(title, t("ui.person.erase_detail"), t("ui.person.erase")))) return null;
      const { stays } = await post(`${path}/erase`);
      return notice("good", t(stays ? "ui.person.erased_stays" : "ui.person.erased"));
    },
    done,
    failed,
  );
  return titledCard(
    t("ui.person.privacy"),
    place,
    el("p", { class: "quiet" }, t("ui.person.privacy_detail")),
    el("div", { class: "actions" }, keep, !person.erased && erase),
  );
}
