// @ts-check
// What happened to a request, oldest first: its own times, and what the owner did.

import { el } from "../parts/dom.js";
import { sentence } from "../parts/events.js";
import { exact, relative } from "../parts/format.js";
import { icon } from "../parts/icons.js";
import { SOURCES } from "../parts/words.js";

/** @typedef {import("../types.js").WholeRow} WholeRow */
/** @typedef {{ at: string, words: string, icon: string, tone: string }} Moment */

/** @param {WholeRow} row */
export function timeline(row) {
  const moments = [...ownMoments(row), ...row.events.map(deed)];
  moments.sort((one, other) => Date.parse(one.at) - Date.parse(other.at));
  return el("ol", { class: "timeline" }, ...moments.map(line));
}

/** @param {WholeRow} row @returns {Moment[]} */
function ownMoments(row) {
  /** @type {[string | undefined, string, string, string][]} */
  const all = [
    [row.timestamp, `Asked, through ${SOURCES[row.source] ?? row.source}`, "dot", "still"],
    [row.queued_since, "Kept, to be tried again by itself", "wait", "wait"],
    [row.sent_at, "Plex took the invite and e-mailed it", "good", "good"],
    [row.accepted_at, "Accepted", "accepted", "good"],
    [row.status === "failed" ? row.updated_at : undefined, "Failed", "bad", "bad"],
    [row.next_attempt_at, "Next try", "wait", "wait"],
  ];
  return all.flatMap(([at, words, drawing, tone]) =>
    at ? [{ at, words, icon: drawing, tone }] : [],
  );
}

/** @param {import("../types.js").AuditEvent} event @returns {Moment} */
function deed(event) {
  return { at: event.at, words: sentence(event), icon: "dot", tone: "still" };
}

/** @param {Moment} moment */
function line({ at, words, icon: drawing, tone }) {
  const when = `${exact(at)}, ${relative(at)}`;
  return el(
    "li",
    { class: tone },
    icon(drawing),
    el("p", {}, el("strong", {}, words), el("time", { datetime: at, class: "quiet" }, when)),
  );
}
