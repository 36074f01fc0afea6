// @ts-check
// The notes that came with a request, and who may have written them.

import { t } from "../../texts.js";
import { titledCard } from "../parts/card.js";
import { el } from "../parts/dom.js";
import { exact, relative } from "../parts/format.js";

/** @typedef {import("../types.js").WholeRow} WholeRow */

const WITH_REQUEST = t("ui.notes.with_request");
const SAME_BROWSER = t("ui.notes.same_browser");
const OTHER_BROWSER = t("ui.notes.other_browser");

/** The card, or nothing if there is no note. @param {WholeRow} row */
export function notesCard(row) {
  const first = row.note ? [line(row.note, WITH_REQUEST, row.timestamp)] : [];
  const later = (row.notes ?? []).map((note) =>
    line(note.text, note.same_browser ? SAME_BROWSER : OTHER_BROWSER, note.at),
  );
  const all = [...first, ...later];
  if (all.length === 0) return [];
  const title = t("ui.notes.title", { count: all.length });
  return [titledCard(title, el("ul", { class: "notes" }, ...all))];
}

/**
 * @param {string} text
 * @param {string} from
 * @param {string} at
 */
function line(text, from, at) {
  const when = el("time", { datetime: at }, `${exact(at)}, ${relative(at)}`);
  return el(
    "li",
    {},
    el("p", {}, t("join.quoted", { name: text })),
    el("p", { class: "quiet" }, `${from}. `, when),
  );
}
