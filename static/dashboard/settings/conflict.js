// @ts-check
// Somebody else saved the settings meanwhile: who changed what, and their values next to ours.

import { pieces, t } from "../../texts.js";
import { el } from "../parts/dom.js";
import { valueWords } from "../parts/events.js";
import { listed, time } from "../parts/format.js";
import { notice } from "../parts/notice.js";
import { named } from "../parts/words.js";

/** @typedef {import("../types.js").Settings} Settings */
/** @typedef {import("../types.js").Change} Change */

/**
 * Our own changes stay; the rest takes their values.
 * @param {(keyof Settings)[]} names
 * @param {Settings} before the version that was typed on
 * @param {Settings} typed
 * @param {Settings} theirs
 * @returns {Settings}
 */
export function merged(names, before, typed, theirs) {
  const pairs = names.map((name) => [
    name,
    typed[name] === before[name] ? theirs[name] : typed[name],
  ]);
  return Object.fromEntries(pairs);
}

/** @param {Change[]} changes */
export function conflictNotice(changes) {
  const each = changes.map(({ at, by, fields }) => {
    const names = listed(fields.map((name) => t("join.quoted", { name: named("ui.field", name) })));
    return el(
      "li",
      {},
      ...pieces("ui.conflict.change", { who: el("strong", {}, by), fields: names, time: time(at) }),
    );
  });
  return notice(
    "wait",
    t("ui.conflict.title"),
    each.length > 0 && el("ul", {}, ...each),
    el("p", {}, t("ui.conflict.detail")),
  );
}

/**
 * Below each differing field: what is saved now, and a button to use it.
 * @param {(keyof Settings)[]} fields
 * @param {HTMLFormElement} form
 * @param {Settings} theirs
 * @param {Settings} mine
 */
export function markTheirs(fields, form, theirs, mine) {
  for (const name of fields.filter((one) => theirs[one] !== mine[one])) {
    const control = /** @type {HTMLInputElement} */ (form.elements.namedItem(name));
    const words = valueWords(theirs[name]);
    const take = el("button", { type: "button", class: "link" }, t("ui.conflict.take"));
    const line = el(
      "p",
      { class: "theirs" },
      ...pieces("ui.conflict.saved", { value: el("strong", {}, words) }),
      " ",
      take,
    );
    take.addEventListener("click", () => {
      if (control.type === "checkbox") control.checked = Boolean(theirs[name]);
      else control.value = String(theirs[name]);
      line.remove();
      control.focus();
      control.dispatchEvent(new Event("input", { bubbles: true }));
    });
    control.closest(".field")?.append(line);
  }
}
