// @ts-check
// A view whose script is loaded when somebody looks at it.

import { loadMore, t } from "../../texts.js";
import { el } from "./dom.js";
import { lines } from "./loader.js";
import { problemNotice } from "./notice.js";
import { noAnswer } from "./problem.js";

/** The script of all views but the first, and before it the sentences: its modules name what they
 * show while they are read. */
export async function loadRest() {
  await loadMore();
  return import("../rest.js");
}

/** @typedef {import("../types.js").View} View */
/** @typedef {import("../types.js").Opened} Opened */

/**
 * @param {string} title
 * @param {() => Promise<View>} load
 * @returns {View}
 */
export function later(title, load) {
  /** @type {View | undefined} */
  let loaded;
  const open = async (/** @type {Opened} */ opened) => {
    const { place, signal } = opened;
    place.setAttribute("aria-busy", "true");
    place.replaceChildren(lines(6, "card"));
    try {
      loaded = await load();
    } catch (thrown) {
      // Off the network, or the page is older than what the server has now.
      console.warn(thrown);
      if (!signal.aborted) place.replaceChildren(failure());
    }
    if (signal.aborted) return;
    place.removeAttribute("aria-busy");
    if (!loaded) return;
    place.replaceChildren();
    loaded.open(opened);
  };
  return {
    title,
    open: (opened) => {
      if (loaded) loaded.open(opened);
      else open(opened);
    },
    get update() {
      return loaded?.update;
    },
  };
}

/** A browser remembers that a script did not come: only a new page asks for it again. */
function failure() {
  const again = () => window.location.reload();
  const button = el(
    "button",
    { type: "button", class: "plain", onclick: again },
    t("ui.try_again"),
  );
  return problemNotice(noAnswer(false), button);
}
