// @ts-check
// "Continue with Plex": the owner's way in by the account that owns the server, in the same tab.

import { beginAtPlex } from "../../plex.js";
import { t } from "../../texts.js";
import { whileBusy } from "../parts/busy.js";
import { byId, el } from "../parts/dom.js";
import { notice, problemNotice, tell } from "../parts/notice.js";
import { noAnswer } from "../parts/problem.js";

const VIEW = "helpr-after-plex";

/** Which ways in there are: `password`, `plex`, `azure`, `proxy`. */
export function ways() {
  return (byId("main").dataset.ways ?? "").split(" ");
}

/** The button, and what it has to say; null where Plex is not among the ways in. */
export function withPlex() {
  const { pins } = byId("main").dataset;
  if (!pins) return null;
  const place = el("div");
  const alone = ways().join() === "plex";
  const kind = alone ? "" : "plain";
  const button = el("button", { type: "button", class: kind }, t("ui.plex.button"));
  button.addEventListener("click", () =>
    whileBusy(button, t("ui.plex.going"), () => go(pins, place)),
  );
  const made = el("div", { class: "with-plex" }, place, button);
  if (alone) made.append(el("p", { class: "quiet" }, t("ui.plex.alone")));
  return made;
}

/**
 * @param {string} pins
 * @param {HTMLElement} place
 */
async function go(pins, place) {
  place.replaceChildren();
  try {
    const way = await beginAtPlex("/dashboard/plex", {}, pins);
    if ("problem" in way) {
      const { detail } = way.problem;
      tell(place, detail ? notice("bad", detail) : problemNotice(noAnswer(false)));
      return;
    }
    keepView();
    if (way.alert_expected) {
      const on = el("a", { class: "button", href: way.auth_url, rel: "noreferrer" });
      on.append(t("ui.plex.go_on"));
      place.replaceChildren(el("p", {}, t("ui.plex.alert")), on);
      on.focus();
    } else window.location.assign(way.auth_url);
  } catch {
    tell(place, problemNotice(noAnswer(false)));
  }
}

/** The view that was asked for, since the way back from Plex names none. */
function keepView() {
  try {
    window.sessionStorage.setItem(VIEW, window.location.hash);
  } catch {
    // Without a storage the way back leads to the overview.
  }
}

/** Goes to that view, once somebody is signed in. */
export function backToView() {
  try {
    const hash = window.sessionStorage.getItem(VIEW);
    window.sessionStorage.removeItem(VIEW);
    if (hash && !window.location.hash) window.history.replaceState(null, "", hash);
  } catch {
    // As above.
  }
}
