// @ts-check
// A view whose script is loaded when somebody looks at it.

import { loadMore, t } from "../../texts.js";
import { el } from "./dom.js";
import { lines } from "./loader.js";
import { problemNotice } from "./notice.js";
import { noAnswer } from "./problem.js";

const RELOADED = "helpr-reloaded";
const NOT_AGAIN_MS = 60_000;

/** The script of all views but the first, and before it the sentences: its modules name what they
 * show while they are read. */
export async function loadRest() {
  await loadMore();
  return import("../rest.js");
}

/** @typedef {import("../types.js").View} View */
/** @typedef {import("../types.js").Opened} Opened */

/**
 * @param {Pick<View, "title" | "near">} named
 * @param {() => Promise<import("../types.js").Shown>} load
 * @returns {View}
 */
export function later(named, load) {
  /** @type {import("../types.js").Shown | undefined} */
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
      if (!signal.aborted && !reloads()) place.replaceChildren(failure());
    }
    if (signal.aborted) return;
    place.removeAttribute("aria-busy");
    if (!loaded) return;
    place.replaceChildren();
    loaded.open(opened);
  };
  return {
    ...named,
    open: (opened) => {
      if (loaded) loaded.open(opened);
      else open(opened);
    },
    get update() {
      return loaded?.update;
    },
  };
}

/**
 * Asks for the page of now, once: while a new version is rolled out, the old page names scripts that
 * are not there any more. Nothing has been typed yet, since the first view has no form. Off the
 * network, or where the browser keeps no notes, the owner is told instead.
 */
function reloads() {
  if (!navigator.onLine) return false;
  try {
    if (Date.now() - Number(sessionStorage.getItem(RELOADED)) < NOT_AGAIN_MS) return false;
    sessionStorage.setItem(RELOADED, String(Date.now()));
  } catch (thrown) {
    console.warn(thrown);
    return false;
  }
  window.location.reload();
  return true;
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
