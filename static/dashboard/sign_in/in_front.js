// @ts-check
// "Continue as …": the way in for somebody whom Azure or a proxy in front has signed in already.

import { t } from "../../texts.js";
import { openSessionInFront, readInFront } from "../parts/api.js";
import { whileBusy } from "../parts/busy.js";
import { el } from "../parts/dom.js";
import { problemNotice } from "../parts/notice.js";
import { asProblem } from "../parts/problem.js";
import { ways } from "./with_plex.js";

/** @typedef {import("../parts/api.js").Session} Session */

/**
 * An element that shows the button once it is known who is there; null without such a way.
 * @param {(session: Session) => void} onDone
 */
export function inFront(onDone) {
  if (!ways().some((way) => way === "azure" || way === "proxy")) return null;
  const place = el("div", { class: "in-front" });
  offer(place, onDone).catch(() => {
    // The other ways are there.
  });
  return place;
}

/**
 * @param {HTMLElement} place
 * @param {(session: Session) => void} onDone
 */
async function offer(place, onDone) {
  const found = await readInFront();
  if (!found) {
    place.append(el("p", { class: "quiet" }, t("ui.in_front.nobody")));
    return;
  }
  const words = t("ui.in_front.button", { name: found.name });
  const button = el("button", { type: "button" }, words);
  const told = el("div");
  button.addEventListener("click", () =>
    whileBusy(button, t("ui.signing_in"), async () => {
      try {
        onDone(await openSessionInFront());
      } catch (thrown) {
        told.replaceChildren(problemNotice(asProblem(thrown)));
      }
    }),
  );
  place.append(told, button);
}
