// @ts-check
// The owner's note about a person, and whether they are exempt.

import { t } from "../../texts.js";
import { call } from "../parts/api.js";
import { titledCard } from "../parts/card.js";
import { el } from "../parts/dom.js";
import { field, formOf } from "../parts/forms.js";
import { notice } from "../parts/notice.js";

/** @typedef {import("../types.js").Person} Person */
/** @typedef {import("./person.js").Ways} Ways */

/** @param {Person} person @param {Ways} ways */
export function notesCard(person, { path, done }) {
  const note = el("textarea", { name: "note", rows: "2", maxlength: "500" });
  note.value = person.note;
  const exempt = el("input", { type: "checkbox", name: "exempt", checked: person.exempt });
  const form = formOf({
    fields: [
      field({ label: t("ui.person.note"), hint: t("ui.person.note_hint"), control: note }),
      field({ label: t("ui.person.exempt"), hint: t("ui.person.exempt_hint"), control: exempt }),
    ],
    button: el("button", { type: "submit" }, t("ui.save")),
    busy: t("ui.saving"),
    send: async () => {
      const body = { note: note.value.trim(), exempt: exempt.checked };
      await call("PATCH", path, { body });
      await done(notice("good", t("ui.saved")));
    },
  });
  return titledCard(t("ui.person.notes"), form);
}
