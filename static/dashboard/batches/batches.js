// @ts-check
// A list of friends: pasted or read from a file, previewed first, then invited with one press.

import { t } from "../../texts.js";
import { get, post } from "../parts/api.js";
import { isBusy, whileBusy } from "../parts/busy.js";
import { el } from "../parts/dom.js";
import { draft, dropDraft, keepDraft } from "../parts/drafts.js";
import { time } from "../parts/format.js";
import { attempt, field, formOf, select } from "../parts/forms.js";
import { fill, lines } from "../parts/loader.js";
import { notice } from "../parts/notice.js";
import { paging } from "../parts/paging.js";
import { address, go } from "../parts/router.js";
import { serversToChoose } from "../parts/servers.js";
import { countsWords, judgedTable } from "./lines.js";

/** @typedef {import("../types.js").Opened} Opened */
/** @typedef {import("../types.js").DryRun} DryRun */
/** @typedef {import("../types.js").Batch} Batch */
/** @typedef {{ batches: Batch[], total: number, next_cursor: string | null }} Page */

const DRAFT = "batch";
const DAYS = [7, 30, 90, 365];
const PAGE = 20;

/** @type {import("../types.js").About} */
export const about = { at: "batches", title: "ui.batch.title", near: "links" };
/** @type {import("../types.js").Shown} */
export const view = { open };

/** @param {Opened} opened */
function open({ place, route, signal }) {
  const looked = el("div", { class: "stack" });
  const earlier = el("section", { class: "stack", "aria-label": t("ui.batch.earlier") });
  place.append(
    el("p", { class: "ways" }, el("a", { href: address(["links"]) }, t("ui.links.back"))),
    el("p", { class: "lead" }, t("ui.batch.lead")),
    listForm(looked, signal),
    looked,
    earlier,
  );
  const cursor = route.query.get("cursor") ?? "";
  const search = new URLSearchParams({ limit: String(PAGE), ...(cursor && { cursor }) });
  fill({
    place: earlier,
    signal,
    skeleton: () => [lines(3, "card")],
    load: () => get(`batches?${search}`, signal),
    show: (page) => earlierOnes(page, cursor),
  });
}

/**
 * @param {HTMLElement} looked where the preview is shown
 * @param {AbortSignal} signal
 */
function listForm(looked, signal) {
  const text = el("textarea", {
    name: "lines",
    rows: 8,
    value: draft(DRAFT) ?? "",
    spellcheck: "false",
    autocapitalize: "none",
    placeholder: t("ui.batch.example"),
  });
  text.addEventListener("input", () => {
    looked.replaceChildren(); // it was about another list
    if (text.value) keepDraft(DRAFT, text.value);
    else dropDraft(DRAFT);
  });
  const days = select("access_days", "", [
    ["", t("ui.links.no_end")],
    ...DAYS.map((count) => [String(count), t("ui.days", { count })]),
  ]);
  days.addEventListener("change", () => looked.replaceChildren());
  const servers = serversToChoose(() => looked.replaceChildren(), signal);
  const wish = () => ({
    lines: text.value,
    server_id: servers.chosen(),
    access_days: days.value ? Number(days.value) : null,
  });
  return formOf({
    attributes: { class: "card" },
    fields: [
      field({ label: t("ui.batch.lines"), hint: t("ui.batch.hint"), control: text }),
      field({ label: t("ui.batch.file"), control: filePicker(text) }),
      servers.place,
      field({
        label: t("ui.links.field.access_days"),
        hint: t("ui.batch.days_hint"),
        control: days,
      }),
    ],
    button: el("button", { type: "submit" }, t("ui.batch.look")),
    busy: t("ui.batch.looking"),
    send: () => look(looked, wish()),
  });
}

/** @param {HTMLTextAreaElement} text */
function filePicker(text) {
  const picker = el("input", {
    type: "file",
    name: "file",
    accept: ".csv,.txt,.tsv,text/csv,text/plain",
  });
  picker.addEventListener("change", async () => {
    const file = picker.files?.[0];
    if (!file) return;
    text.value = await read(file);
    text.dispatchEvent(new Event("input"));
  });
  return picker;
}

/** UTF-8 or UTF-16; anything else was saved by an old Excel. @param {File} file */
async function read(file) {
  const bytes = new Uint8Array(await file.arrayBuffer());
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return new TextDecoder("utf-16le").decode(bytes);
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return new TextDecoder("utf-16be").decode(bytes);
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder("windows-1252").decode(bytes);
  }
}

/**
 * @param {HTMLElement} looked
 * @param {object} asked
 */
async function look(looked, asked) {
  try {
    const found = /** @type {DryRun} */ (await post("batches", { ...asked, dry_run: true }));
    looked.replaceChildren(preview(found, asked));
    /** @type {HTMLElement | null} */ (looked.querySelector("h2"))?.focus();
  } catch (thrown) {
    looked.replaceChildren();
    throw thrown;
  }
}

/**
 * @param {DryRun} found
 * @param {object} asked
 */
function preview(found, asked) {
  const place = el("div");
  const invites = found.counts.invite ?? 0;
  const button = el("button", { type: "button" }, t("ui.batch.press", { count: invites }));
  button.addEventListener("click", () => {
    if (isBusy(button)) return;
    whileBusy(button, t("ui.batch.opening"), () =>
      attempt(place, place, () => press(found, asked)),
    );
  });
  return el(
    "section",
    { class: "card", "aria-labelledby": "would-happen" },
    el("h2", { id: "would-happen", tabindex: "-1" }, t("ui.batch.would")),
    el("p", {}, countsWords(found.counts)),
    !found.plex_asked && notice("wait", t("ui.batch.not_asked")),
    found.seats_left !== undefined &&
      el("p", { class: "quiet" }, t("ui.batch.seats", { count: found.seats_left })),
    place,
    invites > 0
      ? el("div", { class: "actions spaced" }, button)
      : notice("wait", t("ui.batch.nobody")),
    judgedTable(found.lines),
  );
}

/**
 * The same id is the same batch: a press whose answer was lost can be repeated.
 * @param {DryRun} found
 * @param {object} asked
 */
async function press(found, asked) {
  const { batch_id: id } = await post("batches", { ...asked, batch_id: found.batch_id });
  dropDraft(DRAFT);
  go(address(["batches", id]));
}

/**
 * @param {Page} page
 * @param {string} cursor
 */
function earlierOnes({ batches: all, total, next_cursor: next }, cursor) {
  if (all.length === 0) return [];
  const shown = all.length;
  const counted =
    shown === total
      ? t("ui.batch.total", { count: total })
      : t("ui.batch.part", { count: total, shown });
  return [
    el(
      "div",
      { class: "card" },
      el("h2", {}, t("ui.batch.earlier")),
      el("p", { class: "quiet", role: "status" }, counted),
      el("ul", { class: "batches" }, ...all.map(earlier)),
    ),
    paging((to) => address(["batches"], { cursor: to }), cursor, next),
  ];
}

/** @param {Batch} batch */
function earlier(batch) {
  return el(
    "li",
    {},
    el(
      "a",
      { href: address(["batches", batch.batch_id]) },
      t("ui.friends", { count: batch.to_send }),
      ", ",
      time(batch.created_at),
    ),
    el("p", { class: "quiet" }, countsWords(batch.counts)),
  );
}
