// @ts-check
// Who is signed in, and what happens if the session ends in the middle of some work.

import { t } from "../../texts.js";
import { onSessionEnd, readSession } from "../parts/api.js";
import { dialog, open } from "../parts/dialog.js";
import { announce, byId, el } from "../parts/dom.js";
import { LEFT, Problem } from "../parts/problem.js";
import { inFront } from "./in_front.js";
import { signInForm } from "./sign_in.js";
import { ways, withPlex } from "./with_plex.js";

/** @typedef {import("../parts/api.js").Session} Session */

let username = "";
/** Calls that ended together wait for one dialog. @type {Promise<void> | undefined} */
let asking;

/** @param {Session} session */
export function signedIn(session) {
  username = session.username;
  byId("who").textContent = username;
}

/** Whether the cookie still opens the door. */
export async function resume() {
  const session = await readSession();
  if (session) signedIn(session);
  return session !== null;
}

/** Asks for the password on top of the view. Throws a Problem if that is refused. */
function askAgain() {
  asking ??= ask().finally(() => {
    asking = undefined;
  });
  return asking;
}

/** @returns {Promise<void>} */
function ask() {
  return new Promise((resolve, reject) => {
    const close = () => made.close();
    const later = el("button", { type: "button", class: "plain", onclick: close }, t("ui.not_now"));
    const done = (/** @type {Session} */ session) => {
      signedIn(session);
      resolve();
      made.close();
      announce(t("ui.signed_in_again"));
    };
    const form = signInForm(done, { username, extra: later });
    const why = t("ui.session_ended.detail");
    const made = dialog(t("ui.session_ended.title"), el("p", {}, why), form);
    // After signing in this comes too late to matter.
    made.addEventListener("close", () => reject(new Problem(LEFT)), { once: true });
    const front = inFront(done);
    if (front) form.before(front);
    if (!ways().includes("password")) form.replaceWith(withPlex() ?? "", later);
    open(made);
    /** @type {HTMLElement | null} */ (made.querySelector("#password, button"))?.focus();
  });
}

onSessionEnd(askAgain);
