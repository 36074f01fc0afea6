// @ts-check
// One request's whole history.

import { pieces, t } from "../../texts.js";
import { actionButtons } from "../parts/actions.js";
import { call, get } from "../parts/api.js";
import { whileBusy } from "../parts/busy.js";
import { factList, titledCard } from "../parts/card.js";
import { confirmed } from "../parts/dialog.js";
import { el } from "../parts/dom.js";
import { number, took } from "../parts/format.js";
import { icon } from "../parts/icons.js";
import { fill, lines } from "../parts/loader.js";
import { notice, tellProblem } from "../parts/notice.js";
import { go } from "../parts/router.js";
import { badge, standing } from "../parts/status.js";
import { named } from "../parts/words.js";
import { listAddress } from "./filter.js";
import { notesCard } from "./notes.js";
import { timeline } from "./timeline.js";

/** @typedef {import("../types.js").WholeRow} WholeRow */
/** @typedef {import("../types.js").Opened} Opened */

/** @type {import("../types.js").About} */
export const about = { at: "requests/*", title: "ui.request.title" };
/** @type {import("../types.js").Shown} */
export const view = { open };

/** @param {Opened} opened */
function open(opened) {
  const { place, route, signal, setHeading } = opened;
  const said = el("div");
  const story = el("div", { class: "stack" });
  const back = el("a", { class: "back", href: listAddress() }, icon("back"), t("ui.request.all"));
  place.append(el("p", {}, back), said, story);
  const path = `invites/${encodeURIComponent(route.path[1] ?? "")}`;
  const read = () => get(path, signal);
  const again = () =>
    fill({ place: story, signal, skeleton: () => [], load: read, show }).then(done);
  const show = (/** @type {WholeRow} */ row) => shown(row, said, again);
  const done = (/** @type {WholeRow | undefined} */ row) =>
    row && setHeading(row.email_or_username);
  fill({
    place: story,
    signal,
    skeleton: () => [lines(5, "card"), lines(4, "card")],
    load: read,
    show,
  }).then(done);
}

/**
 * @param {WholeRow} row
 * @param {HTMLElement} said
 * @param {() => void} again
 */
function shown(row, said, again) {
  const buttons = actionButtons(row, said, again);
  return [
    el(
      "section",
      { class: "card", "aria-label": t("ui.head.status") },
      el("p", { class: "standing" }, badge(standing(row)), row.friend_sees && friendLine(row)),
      reason(row),
      buttons.length > 0 && el("div", { class: "actions" }, ...buttons),
      facts(row),
    ),
    ...notesCard(row),
    titledCard(t("ui.request.history"), timeline(row)),
    deletion(row, said),
  ];
}

/**
 * As promised to the friend, the owner can delete it.
 * @param {WholeRow} row
 * @param {HTMLElement} said
 */
function deletion(row, said) {
  const button = el("button", { type: "button", class: "plain" }, t("ui.request.delete"));
  button.addEventListener("click", async () => {
    const title = t("ui.request.delete_title", { name: row.email_or_username });
    const agreed = await confirmed(title, t("ui.request.delete_detail"), t("ui.request.delete"));
    if (!agreed) return;
    whileBusy(button, t("ui.request.deleting"), async () => {
      try {
        await call("DELETE", `invites/${encodeURIComponent(row.request_id)}`);
        go(listAddress());
      } catch (thrown) {
        tellProblem(said, thrown);
      }
    });
  });
  return el("p", { class: "actions" }, button);
}

/** @param {WholeRow} row */
function friendLine(row) {
  const href = `/invited/${encodeURIComponent(row.request_id)}`;
  return el(
    "span",
    {},
    ...pieces("ui.request.friend_sees", {
      heading: el("a", { href }, t("join.quoted", { name: row.friend_sees ?? "" })),
    }),
  );
}

/** @param {WholeRow} row */
function reason(row) {
  if (!row.error_message) return null;
  const bad = row.status === "failed";
  const title = t(bad ? "ui.request.why" : "ui.request.last");
  return notice(bad ? "bad" : "wait", title, el("p", {}, row.error_message));
}

/** @param {WholeRow} row */
function facts(row) {
  const libraries = row.libraries.map((library) => library.title).join(", ");
  /** @type {[string, string | undefined][]} */
  const pairs = [
    [t("ui.request.source"), named("ui.source", row.source)],
    [t("page.server"), row.server_name],
    [t("ui.libraries.title"), libraries || undefined],
    [t("ui.request.attempts"), number(row.attempts)],
    [t("ui.request.took"), row.duration_ms === undefined ? undefined : took(row.duration_ms)],
  ];
  return factList(pairs.filter((pair) => pair[1]));
}
