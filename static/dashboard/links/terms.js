// @ts-check
// A link's terms, and the owner's actions on it: change, duplicate, switch off, delete.

import { t } from "../../texts.js";
import { call } from "../parts/api.js";
import { isBusy, whileBusy } from "../parts/busy.js";
import { factList, titledCard } from "../parts/card.js";
import { confirmed } from "../parts/dialog.js";
import { el } from "../parts/dom.js";
import { attempt, formOf } from "../parts/forms.js";
import { fill, lines } from "../parts/loader.js";
import { tellProblem } from "../parts/notice.js";
import { address, go } from "../parts/router.js";
import { badge } from "../parts/status.js";
import { readChoices } from "./choices.js";
import { linkFields } from "./form.js";
import { openForm } from "./links.js";
import { restrictionLines } from "./restrictions.js";
import * as words from "./words.js";

/** @typedef {import("../types.js").Link} Link */
/** @typedef {import("../types.js").ListedLibrary} ListedLibrary */
/** @typedef {import("./choices.js").Choices} Choices */
/** @typedef {import("./link.js").Ways} Ways */

/**
 * @param {Link} got
 * @param {ListedLibrary[]} libraries
 * @param {Ways} ways
 */
export function termsCard(got, libraries, ways) {
  /** @type {[string, string | Node][]} */
  const facts = [
    ["state", badge(words.stateOf(got))],
    ["libraries", words.librariesWords(got, libraries)],
    ["access_days", words.daysWords(got)],
    ["uses_limit", words.placesWords(got)],
    ["expires_at", words.untilWords(got)],
    ["approval", words.approvalWords(got)],
  ];
  const restricts = restrictionLines(got);
  if (restricts.length > 0) facts.push(["restrictions", el("div", {}, ...restricts)]);
  const place = el("div");
  return titledCard(
    t("ui.links.gives"),
    got.held_by && el("p", {}, t(`ui.links.held_by.${got.held_by}`)),
    got.welcome && el("blockquote", { class: "quiet" }, got.welcome),
    factList(facts.map(([name, value]) => [t(`ui.links.fact.${name}`), value])),
    place,
    !got.held_by && el("div", { class: "actions spaced" }, ...buttons(got, place, ways)),
  );
}

/**
 * @param {Link} got
 * @param {HTMLElement} place
 * @param {Ways} ways
 */
function buttons(got, place, ways) {
  const plain = (
    /** @type {string} */ label,
    /** @type {(one: HTMLButtonElement) => void} */ act,
  ) => {
    const made = el("button", { type: "button", class: "plain" }, label);
    made.addEventListener("click", () => act(made));
    return made;
  };
  const label = got.enabled ? t("ui.links.switch_off") : t("ui.links.switch_on");
  return [
    plain(t("ui.change"), () =>
      fill({
        place,
        signal: ways.signal,
        skeleton: () => [lines(6)],
        load: () => readChoices(got.server_id, ways.signal),
        show: (choices) => [editForm(got, choices, ways)],
      }),
    ),
    plain(t("ui.links.duplicate"), () => {
      const { label: called, code: _, ...rest } = got;
      openForm(place, { ...rest, label: called }, ways.signal);
    }),
    plain(label, (button) =>
      whileBusy(button, t("ui.saving"), () =>
        attempt(place, place, () => change(got, { enabled: !got.enabled }, ways)),
      ),
    ),
    plain(t("ui.delete"), async (button) => {
      if (isBusy(button) || !(await isMeant(got))) return;
      whileBusy(button, t("ui.links.deleting"), () => remove(got, place));
    }),
  ];
}

/** @param {Link} got */
function isMeant(got) {
  const title = t("ui.delete_title", { name: words.nameOf(got) });
  return confirmed(title, t("ui.links.delete_detail"), t("ui.delete"));
}

/**
 * @param {Link} got
 * @param {Choices} choices
 * @param {Ways} ways
 */
function editForm(got, choices, ways) {
  const { fields, typedIn } = linkFields(got, choices);
  return formOf({
    attributes: { class: "maker-form" },
    fields: [...fields, el("p", { class: "hint" }, t("ui.links.hint.change"))],
    button: el("button", { type: "submit" }, t("ui.save")),
    busy: t("ui.saving"),
    send: (form) => change(got, typedIn(form), ways),
  });
}

/**
 * @param {Link} got
 * @param {object} fields
 * @param {Ways} ways
 */
async function change(got, fields, ways) {
  await call("PATCH", `links/${got.link_id}`, { body: fields });
  await ways.saved();
}

/**
 * @param {Link} got
 * @param {HTMLElement} place
 */
async function remove(got, place) {
  try {
    await call("DELETE", `links/${got.link_id}`);
    go(address(["links"]));
  } catch (thrown) {
    tellProblem(place, thrown);
  }
}
