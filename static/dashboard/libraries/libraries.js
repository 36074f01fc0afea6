// @ts-check
// Which libraries a friend gets.

import { pieces, t } from "../../texts.js";
import { call, get } from "../parts/api.js";
import { whileBusy } from "../parts/busy.js";
import { el } from "../parts/dom.js";
import { draft, dropDraft, keepDraft } from "../parts/drafts.js";
import { time } from "../parts/format.js";
import { attempt, formOf } from "../parts/forms.js";
import { icon } from "../parts/icons.js";
import { fill, lines } from "../parts/loader.js";
import { notice } from "../parts/notice.js";
import { address, go } from "../parts/router.js";
import { serverChoice } from "../parts/servers.js";
import { doubtsCard, goneCard, libraryTicks, ticked } from "../parts/ticks.js";

/** @typedef {import("../types.js").Libraries} Libraries */
/** @typedef {import("../types.js").ListedLibrary} ListedLibrary */
/** @typedef {import("../types.js").Opened} Opened */

const DRAFT = "libraries";

/** @type {import("../types.js").About} */
export const about = {
  at: "libraries",
  title: "ui.libraries.title",
  menu: {
    order: 50,
    drawing: "M5 4v16M9.5 4v16M14 4.5l5 15M5 20h4.5M5 4h4.5",
  },
};
/** @type {import("../types.js").Shown} */
export const view = { open };

/** @param {Opened} opened */
function open({ place, signal, route }) {
  const part = el("div", { class: "stack" });
  place.append(el("p", { class: "lead" }, t("ui.libraries.lead")), part);
  fill({
    place: part,
    signal,
    skeleton: () => [lines(6, "card")],
    load: () => get(pathOf(route.query.get("server") ?? ""), signal),
    show: (got) => shown(got, part),
  });
}

/** @param {string} server @param {boolean} [refresh] */
function pathOf(server, refresh = false) {
  const query = new URLSearchParams();
  if (server) query.set("server_id", server);
  if (refresh) query.set("refresh", "1");
  return `libraries?${query}`;
}

/** Ticks that were set and not saved are kept for each server. @param {Libraries} got */
function draftOf({ server_id: server }) {
  return server ? `${DRAFT} ${server}` : DRAFT;
}

/**
 * @param {Libraries} got
 * @param {HTMLElement} part
 */
function shown(got, part) {
  const place = el("div");
  const choice = serverChoice(got, (server) => go(address(["libraries"], { server })));
  const fresh = el(
    "p",
    { class: "fresh" },
    el("span", {}, ...pieces("ui.read_from_plex", { time: time(got.fetched_at) })),
    refreshButton(got, part, place),
  );
  const offered = withDraft(got).filter((library) => !library.gone);
  const words = t("ui.libraries.empty");
  const content =
    offered.length === 0
      ? [place, el("p", { class: "empty" }, words), fresh]
      : [fresh, ticksForm(got, offered, place, part)];
  const card = el("section", { class: "card" }, choice, ...content);
  return [doubtsCard(got.notices), card, goneCard(got.libraries)];
}

/** Unsaved ticks override those in the answer. @param {Libraries} got */
function withDraft(got) {
  const typed = /** @type {number[] | undefined} */ (draft(draftOf(got)));
  const all = got.libraries;
  return typed ? all.map((one) => ({ ...one, shared: typed.includes(one.id) })) : all;
}

/**
 * @param {Libraries} got
 * @param {ListedLibrary[]} offered
 * @param {HTMLElement} place
 * @param {HTMLElement} part
 */
function ticksForm(got, offered, place, part) {
  const form = formOf({
    place,
    fields: [place, libraryTicks(offered, t("ui.field.shared"), "shared")],
    button: el("button", { type: "submit" }, t("ui.save")),
    busy: t("ui.saving"),
    send: async () => {
      const body = { shared: ticked(form), server_id: got.server_id };
      const response = await call("PUT", "libraries", { body });
      dropDraft(draftOf(got));
      replace(part, await response.json(), notice("good", t("ui.libraries.saved")));
    },
  });
  form.addEventListener("change", () => keepDraft(draftOf(got), ticked(form)));
  return form;
}

/**
 * @param {HTMLElement} part
 * @param {Libraries} got
 * @param {HTMLElement} told
 */
function replace(part, got, told) {
  part.replaceChildren(told, ...shown(got, part));
  told.focus();
}

/**
 * @param {Libraries} shownNow
 * @param {HTMLElement} part
 * @param {HTMLElement} place
 */
function refreshButton(shownNow, part, place) {
  const button = el("button", { type: "button", class: "plain" }, icon("refresh"), t("ui.refresh"));
  button.addEventListener("click", () =>
    whileBusy(button, t("ui.asking_plex"), () =>
      attempt(place, part, async () => {
        const got = await get(pathOf(shownNow.server_id ?? "", true));
        const told = got.notices
          ? notice("wait", t("ui.libraries.refreshed_with_notices"))
          : notice("good", t("ui.libraries.refreshed"));
        replace(part, got, told);
      }),
    ),
  );
  return button;
}
