// @ts-check
// What happened, oldest first, as a line from top to bottom.

import { el } from "./dom.js";
import { exact, relative } from "./format.js";
import { icon } from "./icons.js";

/** @typedef {{ at: string, words: string, icon: string, tone: string, href?: string }} Moment */

/** @param {Moment[]} moments in any order */
export function momentList(moments) {
  const sorted = [...moments].sort((one, other) => Date.parse(one.at) - Date.parse(other.at));
  return el("ol", { class: "timeline" }, ...sorted.map(line));
}

/** @param {Moment} moment */
function line({ at, words, icon: drawing, tone, href }) {
  const when = `${exact(at)}, ${relative(at)}`;
  const shown = href ? el("a", { href }, words) : words;
  return el(
    "li",
    { class: tone },
    icon(drawing),
    el("p", {}, el("strong", {}, shown), el("time", { datetime: at, class: "quiet" }, when)),
  );
}
