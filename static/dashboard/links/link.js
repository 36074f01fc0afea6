// @ts-check
// One link: to share, with its terms, its statistics, and who used it.

import { t } from "../../texts.js";
import { call, get } from "../parts/api.js";
import { isBusy, whileBusy } from "../parts/busy.js";
import { copyButton, shareButton } from "../parts/copy.js";
import { confirmed } from "../parts/dialog.js";
import { el } from "../parts/dom.js";
import { number } from "../parts/format.js";
import { clearProblem, showProblem } from "../parts/forms.js";
import { icon } from "../parts/icons.js";
import { fill, lines } from "../parts/loader.js";
import { notice, problemNotice } from "../parts/notice.js";
import { asProblem } from "../parts/problem.js";
import { address, go } from "../parts/router.js";
import { rowBones, rowTable } from "../parts/rows.js";
import { badge } from "../parts/status.js";
import { linkFields, typedIn } from "./form.js";
import { openForm } from "./links.js";
import * as words from "./words.js";

/** @typedef {import("../types.js").Opened} Opened */
/** @typedef {import("../types.js").Link} Link */
/** @typedef {import("../types.js").ListedLibrary} ListedLibrary */
/** @typedef {import("../types.js").Row} Row */

const GUESTS = 20;

/** @type {import("../types.js").View} */
export const link = { title: t("ui.links.one"), open };

/** @param {Opened} opened */
function open(opened) {
  const { place, route, signal } = opened;
  const id = route.path[1] ?? "";
  // On paper there is the code and nothing else, as long as this view is open.
  document.body.classList.add("prints-card");
  signal.addEventListener("abort", () => document.body.classList.remove("prints-card"));
  const part = el("div", { class: "stack" });
  place.append(
    el("p", { class: "ways" }, el("a", { href: address(["links"]) }, t("ui.links.back"))),
    part,
  );
  fill({
    place: part,
    signal,
    skeleton: () => [lines(6, "card")],
    load: () => load(id, signal),
    show: ([got, libraries]) => {
      const isNew = route.query.get("made") === "1";
      return shown(got, libraries, opened, isNew ? notice("good", t("ui.links.made")) : null);
    },
  });
}

/**
 * @param {string} id
 * @param {AbortSignal} signal
 * @returns {Promise<[Link, ListedLibrary[]]>}
 */
async function load(id, signal) {
  const [got, all] = await Promise.all([
    get(`links/${encodeURIComponent(id)}`, signal),
    // Only for their titles: a link can be looked at while Plex cannot be asked.
    get("libraries", signal).catch(() => ({ libraries: [] })),
  ]);
  return [got, all.libraries];
}

/**
 * @param {Link} got
 * @param {ListedLibrary[]} libraries
 * @param {Opened} opened
 * @param {Node | null} told
 */
function shown(got, libraries, opened, told) {
  opened.setHeading(words.nameOf(got));
  const hasCode = words.addressOf(got) !== "";
  const onScreen = el(
    "div",
    { class: "stack on-screen" },
    told,
    hasCode ? handOut(got) : el("p", { class: "card" }, t("ui.links.lost_code")),
    factsCard(got, libraries, opened),
    numbersCard(got),
    guestsCard(got, opened.signal),
  );
  return hasCode ? [onScreen, printCard(got)] : [onScreen];
}

/** @param {Link} got */
function handOut(got) {
  const where = words.addressOf(got);
  return el(
    "section",
    { class: "card link-out", "aria-labelledby": "hand-out" },
    el(
      "div",
      {},
      el("h2", { id: "hand-out" }, t("ui.link.title")),
      el("p", { class: "link-address" }, el("a", { href: where }, where)),
      got.state !== "active" && el("p", { class: "why" }, t(`ui.links.now.${got.state}`)),
      el(
        "div",
        { class: "actions" },
        copyButton(where),
        shareButton(where, t("ui.links.share_title")),
        el(
          "a",
          {
            class: "button plain",
            href: `${where}?preview=1`,
            target: "_blank",
            rel: "noopener noreferrer",
          },
          icon("see"),
          t("ui.links.preview"),
        ),
        el(
          "button",
          { type: "button", class: "plain", onclick: () => window.print() },
          icon("print"),
          t("ui.links.print"),
        ),
      ),
    ),
    qrCode(got, t("ui.links.qr", { name: words.nameOf(got) })),
  );
}

/**
 * @param {Link} got
 * @param {string} alt
 */
function qrCode(got, alt) {
  const origin = encodeURIComponent(window.location.origin);
  const src = `/dashboard/api/links/${got.link_id}/qr.svg?origin=${origin}`;
  return el("img", { class: "qr", src, alt, width: 220, height: 220 });
}

/** What is on paper: nothing of the owner's own words. @param {Link} got */
function printCard(got) {
  return el(
    "section",
    { class: "print-card", "aria-hidden": "true" },
    el("p", { class: "print-title" }, t("ui.links.print_title")),
    qrCode(got, ""),
    el("p", {}, t("ui.links.print_scan")),
    el("p", { class: "print-address" }, words.addressOf(got)),
    el("p", {}, t("ui.links.print_gives", { days: words.daysWords(got) })),
  );
}

/**
 * @param {Link} got
 * @param {ListedLibrary[]} libraries
 * @param {Opened} opened
 */
function factsCard(got, libraries, opened) {
  /** @type {[string, string | Node][]} */
  const facts = [
    ["state", badge(words.stateOf(got))],
    ["libraries", words.librariesWords(got, libraries)],
    ["access_days", words.daysWords(got)],
    ["uses_limit", words.placesWords(got)],
    ["expires_at", words.untilWords(got)],
    ["approval", words.approvalWords(got)],
  ];
  const place = el("div");
  return el(
    "section",
    { class: "card", "aria-labelledby": "gives" },
    el("h2", { id: "gives" }, t("ui.links.gives")),
    got.held_by && el("p", {}, t("ui.links.held_by")),
    got.welcome && el("blockquote", { class: "quiet" }, got.welcome),
    el(
      "dl",
      { class: "facts" },
      ...facts.map(([name, value]) =>
        el("div", {}, el("dt", {}, t(`ui.links.fact.${name}`)), el("dd", {}, value)),
      ),
    ),
    place,
    !got.held_by &&
      el("div", { class: "actions spaced" }, ...buttons(got, libraries, place, opened)),
  );
}

/**
 * @param {Link} got
 * @param {ListedLibrary[]} libraries
 * @param {HTMLElement} place
 * @param {Opened} opened
 */
function buttons(got, libraries, place, opened) {
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
    plain(t("ui.links.change"), () => place.replaceChildren(editForm(got, libraries, opened))),
    plain(t("ui.links.duplicate"), () => {
      const { label: called, code: _, ...rest } = got;
      openForm(place, { ...rest, label: called }, opened.signal);
    }),
    plain(label, (button) =>
      whileBusy(button, t("ui.saving"), () =>
        changed(got, { enabled: !got.enabled }, libraries, place, opened),
      ),
    ),
    plain(t("ui.links.delete"), async (button) => {
      if (isBusy(button) || !(await isMeant(got))) return;
      whileBusy(button, t("ui.links.deleting"), () => remove(got, place));
    }),
  ];
}

/** @param {Link} got */
function isMeant(got) {
  const title = t("ui.links.delete_title", { name: words.nameOf(got) });
  return confirmed(title, t("ui.links.delete_detail"), t("ui.links.delete"));
}

/**
 * @param {Link} got
 * @param {ListedLibrary[]} libraries
 * @param {Opened} opened
 */
function editForm(got, libraries, opened) {
  const place = el("div");
  const button = el("button", { type: "submit" }, t("ui.save"));
  const form = el(
    "form",
    { class: "maker-form", novalidate: true },
    place,
    ...linkFields(got, libraries),
    el("p", { class: "hint" }, t("ui.links.hint.change")),
    el("div", { class: "actions" }, button),
  );
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (isBusy(button)) return;
    clearProblem(place, form);
    const fields = typedIn(form, libraries, got);
    whileBusy(button, t("ui.saving"), () => changed(got, fields, libraries, place, opened, form));
  });
  return form;
}

/**
 * @param {Link} got
 * @param {object} fields
 * @param {ListedLibrary[]} libraries
 * @param {HTMLElement} place
 * @param {Opened} opened
 * @param {HTMLFormElement} [form]
 */
async function changed(got, fields, libraries, place, opened, form) {
  try {
    const answer = await call("PATCH", `links/${got.link_id}`, { body: fields });
    const part = opened.place.querySelector(":scope > .stack");
    const told = notice("good", t("ui.links.saved"));
    part?.replaceChildren(...shown(await answer.json(), libraries, opened, told));
    told.focus();
  } catch (thrown) {
    showProblem(place, form ?? place, asProblem(thrown));
  }
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
    const told = problemNotice(asProblem(thrown));
    place.replaceChildren(told);
    told.focus();
  }
}

/** @param {Link} got */
function numbersCard({ statistics }) {
  const { opened, asked, sent, accepted } = statistics;
  /** @type {[string, number | undefined][]} */
  const steps = [
    ["opened", opened],
    ["asked", asked],
    ["sent", sent],
    ["accepted", accepted],
  ];
  return el(
    "section",
    { class: "card", "aria-labelledby": "came" },
    el("h2", { id: "came" }, t("ui.links.came")),
    el(
      "dl",
      { class: "facts" },
      ...steps.map(([name, count]) =>
        el(
          "div",
          {},
          el("dt", {}, t(`ui.links.number.${name}`)),
          el("dd", {}, count === undefined ? t("ui.links.not_known") : number(count)),
        ),
      ),
    ),
  );
}

/**
 * @param {Link} got
 * @param {AbortSignal} signal
 */
function guestsCard(got, signal) {
  const place = el("div");
  const told = el("div");
  fill({
    place,
    signal,
    skeleton: () => [rowBones(2)],
    load: () => get(`invites?link=${got.link_id}&limit=${GUESTS}`, signal),
    show: ({ invites, next_cursor: more }) =>
      invites.length === 0
        ? [el("p", { class: "empty" }, t("ui.links.nobody"))]
        : [
            told,
            rowTable(/** @type {Row[]} */ (invites), t("ui.links.guests"), told),
            ...(more
              ? [
                  el(
                    "a",
                    { href: address(["requests"], { link: got.link_id }) },
                    t("ui.links.all_guests"),
                  ),
                ]
              : []),
          ],
  });
  return el(
    "section",
    { class: "card", "aria-labelledby": "guests" },
    el("h2", { id: "guests" }, t("ui.links.guests")),
    place,
  );
}
