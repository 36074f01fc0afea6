// @ts-check
// People as a table; on a narrow screen each row becomes a card (people.css).

import { pieces, t } from "../../texts.js";
import { breakable, el } from "../parts/dom.js";
import { dayAnd, exactDay } from "../parts/format.js";
import { address } from "../parts/router.js";
import { badge, standing } from "../parts/status.js";
import { bodyOf, cell, headCell, rowOf, tableOf } from "../parts/table.js";
import { named } from "../parts/words.js";
import { choose, isChosen, onChoice } from "./selection.js";
import { librariesOf, nameOf, otherNames, shareState } from "./words.js";

/** @typedef {import("../types.js").Person} Person */
/** @typedef {import("../types.js").PlexShare} PlexShare */

const HEADS = ["who", "access", "libraries", "until", "from"].map((name) =>
  t(`ui.people_head.${name}`),
);

/**
 * @param {Person[]} people
 * @param {boolean} several whether the server has to be named
 * @param {AbortSignal} signal
 */
export function peopleTable(people, several, signal) {
  const boxes = people.map((person) => tick(person));
  const rows = people.map((person, at) => line(person, /** @type {any} */ (boxes[at]), several));
  const all = el("input", { type: "checkbox", "aria-label": t("ui.people.choose_page") });
  const changed = () => {
    for (const [at, person] of people.entries()) {
      const box = boxes[at];
      if (box) box.checked = isChosen(person);
    }
    const count = people.filter(isChosen).length;
    all.checked = count === people.length;
    all.indeterminate = count > 0 && !all.checked;
  };
  all.addEventListener("change", () => choose(people, all.checked));
  onChoice(changed, signal);
  changed();
  return tableOf({
    caption: t("ui.people.table"),
    heads: [tickCell(all), ...HEADS],
    body: bodyOf(rows),
    kind: "people",
  });
}

/** @param {HTMLInputElement} box */
function tickCell(box) {
  return cell("tick", el("label", { class: "hit" }, box));
}

/** @param {Person} person */
function tick(person) {
  const name = t("ui.people.choose", { name: nameOf(person) });
  const box = el("input", { type: "checkbox", "aria-label": name });
  box.addEventListener("change", () => choose([person], box.checked));
  return box;
}

/**
 * @param {Person} person
 * @param {HTMLInputElement} box
 * @param {boolean} several
 */
function line(person, box, several) {
  const way = address(["people", person.person_id]);
  const others = otherNames(person);
  const each = (/** @type {(share: PlexShare) => any} */ show) =>
    person.shares.map((share) => el("div", { class: "of-share" }, show(share)));
  return rowOf(
    tickCell(box),
    headCell(
      el("a", { href: way }, ...breakable(nameOf(person))),
      others.map((one) => el("p", { class: "note" }, ...breakable(one))),
      person.note && el("p", { class: "note" }, t("join.quoted", { name: person.note })),
    ),
    cell(
      "access",
      each((share) => [
        several && el("span", { class: "quiet server-name" }, share.server_name),
        badge(shareState(share.state)),
      ]),
      el("div", { class: "marks" }, ...marks(person)),
    ),
    cell("libraries", each(librariesOf)),
    cell(
      "until",
      each((share) => until(person, share)),
    ),
    cell("from", each(from), lastRequest(person)),
  );
}

/** What is special about somebody. @param {Person} person */
export function marks(person) {
  const differs = person.shares.some((share) => share.drift.some((one) => !one.ignored));
  return [
    person.home && badge({ label: t("ui.person.home"), icon: "dot", tone: "still" }),
    person.exempt && badge({ label: t("ui.person.exempt"), icon: "dot", tone: "still" }),
    differs && badge({ label: t("ui.person.differs"), icon: "warning", tone: "wait" }),
  ].filter((one) => one !== false);
}

/** @param {Person} person @param {PlexShare} share */
export function until(person, share) {
  const end = share.state === "gone" ? share.gone_at : share.access_until;
  if (share.state === "gone" && end)
    return el("span", { class: "quiet" }, ...pieces("ui.person.ended", { time: dayAnd(end) }));
  if (!end || person.exempt || person.home)
    return el("span", { class: "quiet" }, t("ui.person.no_end"));
  return dayAnd(end);
}

/** When somebody last asked, with the outcome. @param {Person} person */
function lastRequest({ last_request: last }) {
  if (!last) return "";
  const words = t("ui.people.asked", {
    day: exactDay(last.timestamp),
    state: standing(last).label,
  });
  const way = address(["requests", last.request_id]);
  return el("p", { class: "note" }, el("a", { href: way }, words));
}

/** How somebody came. @param {PlexShare} share */
export function from(share) {
  const source = named("ui.source", share.source);
  const at = share.accepted_at ?? share.invited_at;
  const words = share.request_id
    ? el("a", { href: address(["requests", share.request_id]) }, source)
    : source;
  const link =
    share.link_id && el("a", { href: address(["links", share.link_id]) }, t("ui.person.link"));
  return el(
    "span",
    {},
    words,
    at && el("span", { class: "quiet" }, ` ${exactDay(at)}`),
    link && " ",
    link,
  );
}
