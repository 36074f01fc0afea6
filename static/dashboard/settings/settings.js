// @ts-check
// The settings, saved only over the version that was seen.

import { pieces, t } from "../../texts.js";
import { el } from "../parts/dom.js";
import { draft, dropDraft, keepDraft } from "../parts/drafts.js";
import { time } from "../parts/format.js";
import { formOf } from "../parts/forms.js";
import { fill, lines } from "../parts/loader.js";
import { notice } from "../parts/notice.js";
import { asProblem } from "../parts/problem.js";
import { conflictNotice, markTheirs, merged } from "./conflict.js";
import { namesOf, settingsFields, typedIn } from "./fields.js";
import { serversCard } from "./servers.js";
import { readVersion, save } from "./version.js";

/** @typedef {import("../types.js").SavedSettings} SavedSettings */
/** @typedef {import("../types.js").Settings} Settings */
/** @typedef {import("./version.js").Version} Version */
/** @typedef {{ version: Version, typed: Settings }} Draft */

const DRAFT = "settings";

/** @type {import("../types.js").About} */
export const about = {
  at: "settings",
  title: "ui.settings.title",
  menu: {
    order: 60,
    drawing:
      "M4 7h9M17.5 7H20M4 17h2.5M11 17h9M15.2 4.8a2.2 2.2 0 1 1 0 4.4 2.2 2.2 0 0 1 0-4.4zM8.8 14.8a2.2 2.2 0 1 1 0 4.4 2.2 2.2 0 0 1 0-4.4z",
  },
};
/** @type {import("../types.js").Shown} */
export const view = { open };

/** @param {import("../types.js").Opened} opened */
function open({ place, signal }) {
  const part = el("div", { class: "stack" });
  const way = el("a", { href: "#/notices" }, t("ui.notices.title"));
  const who = el("a", { href: "#/browsers" }, t("ui.browsers.title"));
  const ways = el("a", { href: "#/sign-in" }, t("ui.ways_in.title"));
  place.append(
    el("p", { class: "lead" }, ...pieces("ui.notices.way", { notices: way })),
    el("p", { class: "lead" }, ...pieces("ui.ways_in.way", { ways })),
    el("p", { class: "lead" }, ...pieces("ui.browsers.link", { browsers: who })),
    part,
    serversCard(signal),
  );
  fill({
    place: part,
    signal,
    skeleton: () => [lines(9, "card")],
    load: () => readVersion(signal),
    show: (version) => {
      // Input belongs to the version it was typed on: saving reports if that is out of date.
      const kept = /** @type {Draft | undefined} */ (draft(DRAFT));
      return kept ? [settingsForm(part, kept.version, kept.typed)] : [settingsForm(part, version)];
    },
  });
}

/**
 * @param {HTMLElement} part
 * @param {Version} version
 * @param {Settings} [typed]
 */
function settingsForm(part, version, typed) {
  const discard = el(
    "button",
    { type: "button", class: "plain", hidden: !typed },
    t("ui.settings.discard"),
  );
  const fields = settingsFields(version.fields, version.saved, typed ?? version.saved);
  const form = formOf({
    attributes: { class: "card settings" },
    fields: [savedLine(version.saved), ...fields],
    button: el("button", { type: "submit" }, t("ui.save")),
    beside: discard,
    busy: t("ui.saving"),
    send: () => trySaving(part, form, version),
  });
  form.addEventListener("input", () => {
    keepDraft(DRAFT, { version, typed: typedIn(version.fields, form) });
    discard.hidden = false;
  });
  discard.addEventListener("click", () => {
    dropDraft(DRAFT);
    replace(part, notice("good", t("ui.settings.discarded")), settingsForm(part, version));
  });
  return form;
}

/** @param {SavedSettings} saved */
function savedLine({ saved_at: at, saved_by: by }) {
  if (!at) return el("p", { class: "quiet" }, t("ui.settings.defaults"));
  return el(
    "p",
    { class: "quiet" },
    ...pieces(by ? "ui.settings.saved_by" : "ui.settings.saved_at", {
      time: time(at),
      who: by ?? "",
    }),
  );
}

/**
 * @param {HTMLElement} part
 * @param {HTMLFormElement} form
 * @param {Version} version
 */
async function trySaving(part, form, version) {
  const typed = typedIn(version.fields, form);
  try {
    const now = await save(version, typed);
    dropDraft(DRAFT);
    replace(part, notice("good", t("ui.saved")), settingsForm(part, now));
  } catch (thrown) {
    const problem = asProblem(thrown);
    if (problem.code !== "settings_changed") throw problem;
    conflict(part, typed, version, problem);
  }
}

/**
 * Somebody else saved: typed input stays, untouched fields take their values.
 * @param {HTMLElement} part
 * @param {Settings} typed
 * @param {Version} version
 * @param {import("../parts/problem.js").Problem} problem
 */
function conflict(part, typed, version, { body }) {
  const { fields } = version;
  const theirs = {
    saved: /** @type {SavedSettings} */ (body.current),
    etag: String(body.etag),
    fields,
  };
  const mine = merged(namesOf(fields), version.saved, typed, theirs.saved);
  keepDraft(DRAFT, { version: theirs, typed: mine });
  const form = settingsForm(part, theirs, mine);
  markTheirs(namesOf(fields), form, theirs.saved, mine);
  replace(part, conflictNotice(body.changes ?? []), form);
}

/**
 * @param {HTMLElement} part
 * @param {HTMLElement} told
 * @param {HTMLElement} form
 */
function replace(part, told, form) {
  part.replaceChildren(told, form);
  told.focus();
}
