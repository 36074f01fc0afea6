// @ts-check
// One link: to hand out on screen and on paper, with its terms and results.

import { t } from "../../texts.js";
import { get } from "../parts/api.js";
import { copyButton, shareButton } from "../parts/copy.js";
import { byId, el } from "../parts/dom.js";
import { icon } from "../parts/icons.js";
import { librariesOf } from "../parts/libraries.js";
import { fill, lines } from "../parts/loader.js";
import { notice } from "../parts/notice.js";
import { address } from "../parts/router.js";
import { termsCard } from "./terms.js";
import { guestsCard, numbersCard } from "./use.js";
import * as words from "./words.js";

/** @typedef {import("../types.js").Opened} Opened */
/** @typedef {import("../types.js").Link} Link */
/** @typedef {import("../types.js").ListedLibrary} ListedLibrary */
/** @typedef {{ signal: AbortSignal, saved: () => Promise<unknown> }} Ways what its cards need */

/** @type {import("../types.js").About} */
export const about = { at: "links/*", title: "ui.links.one" };
/** @type {import("../types.js").Shown} */
export const view = { open };

/** @param {Opened} opened */
function open(opened) {
  const { place, route, signal } = opened;
  const id = route.path[1] ?? "";
  // While this view is open, only the code is printed.
  document.body.classList.add("prints-card");
  signal.addEventListener("abort", () => document.body.classList.remove("prints-card"));
  const part = el("div", { class: "stack" });
  place.append(
    el("p", { class: "ways" }, el("a", { href: address(["links"]) }, t("ui.links.back"))),
    part,
  );
  const read = (/** @type {HTMLElement | null} */ told, /** @type {() => Node[]} */ skeleton) =>
    fill({
      place: part,
      signal,
      skeleton,
      load: () => load(id, signal),
      show: ([got, libraries]) => {
        opened.setHeading(words.nameOf(got));
        return shown(got, libraries, { signal, saved }, told);
      },
    });
  const saved = async () => {
    const told = notice("good", t("ui.saved"));
    await read(told, () => []);
    told.focus();
  };
  const isNew = route.query.get("made") === "1";
  read(isNew ? notice("good", t("ui.links.made")) : null, () => [lines(6, "card")]);
}

/**
 * @param {string} id
 * @param {AbortSignal} signal
 * @returns {Promise<[Link, ListedLibrary[]]>}
 */
async function load(id, signal) {
  // The libraries are only needed for their titles: a link can be viewed while Plex is down.
  const titles = (/** @type {string} */ server) => librariesOf(server, signal).catch(() => []);
  const [got, libraries] = await Promise.all([
    get(`links/${encodeURIComponent(id)}`, signal),
    titles(""),
  ]);
  return [got, got.server_id ? await titles(got.server_id) : libraries];
}

/**
 * @param {Link} got
 * @param {ListedLibrary[]} libraries
 * @param {Ways} ways
 * @param {Node | null} told
 */
function shown(got, libraries, ways, told) {
  const hasCode = words.addressOf(got) !== "";
  const onScreen = el(
    "div",
    { class: "stack on-screen" },
    told,
    hasCode ? handOut(got) : el("p", { class: "card" }, t("ui.links.lost_code")),
    termsCard(got, libraries, ways),
    numbersCard(got),
    guestsCard(got, ways.signal),
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

/** What is printed: none of the owner's own notes. @param {Link} got */
function printCard(got) {
  return el(
    "section",
    { class: "print-card", "aria-hidden": "true" },
    el("p", { class: "print-title" }, byId("main").dataset.heading ?? t("ui.links.print_title")),
    qrCode(got, ""),
    el("p", {}, t("ui.links.print_scan")),
    el("p", { class: "print-address" }, words.addressOf(got)),
    el("p", {}, t("ui.links.print_gives", { days: words.daysWords(got) })),
  );
}
