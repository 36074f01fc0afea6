// @ts-check
// One part of a view: a skeleton while it loads, then the content, or why there is none.

import { t } from "../../texts.js";
import { el } from "./dom.js";
import { isTold, problemNotice } from "./notice.js";
import { asProblem } from "./problem.js";

/**
 * @template T
 * @typedef {{ place: HTMLElement, signal: AbortSignal, skeleton: () => Node[],
 *   load: () => Promise<T>, show: (got: T) => Node[] }} Part
 */

/**
 * Fills the place; resolves to the content, or undefined if there is none or the view was left.
 * @template T
 * @param {Part<T>} part
 * @returns {Promise<T | undefined>}
 */
export async function fill(part) {
  const { place, signal, skeleton, load, show } = part;
  place.setAttribute("aria-busy", "true");
  place.replaceChildren(...skeleton());
  try {
    const got = await load();
    if (signal.aborted) return undefined;
    place.replaceChildren(...show(got));
    return got;
  } catch (thrown) {
    if (!signal.aborted) place.replaceChildren(failure(part, thrown));
    return undefined;
  } finally {
    if (!signal.aborted) place.removeAttribute("aria-busy");
  }
}

/**
 * @param {Part<any>} part
 * @param {unknown} thrown
 */
function failure(part, thrown) {
  const problem = asProblem(thrown);
  const again = () => {
    // The button goes; keyboard focus moves to where the answer will be.
    part.place.tabIndex = -1;
    part.place.focus({ preventScroll: true });
    fill(part);
  };
  const button = el(
    "button",
    { type: "button", class: "plain", onclick: again },
    t("ui.try_again"),
  );
  const shown = isTold(problem) ? button : problemNotice(problem, button);
  if (problem.code === "offline") retryOnline(button, part);
  return shown;
}

/**
 * The connection is back: load again without asking.
 * @param {HTMLElement} button
 * @param {Part<any>} part
 */
function retryOnline(button, part) {
  const options = { once: true, signal: part.signal };
  window.addEventListener("online", () => button.isConnected && fill(part), options);
}

/** Grey lines of the height that text will have. @param {number} count */
export function lines(count, className = "") {
  const each = Array.from({ length: count }, () => el("span", { class: "bone" }));
  return el("div", { class: `skeleton ${className}`.trim() }, hiddenWords(), ...each);
}

function hiddenWords() {
  return el("span", { class: "unseen" }, t("ui.loading"));
}
