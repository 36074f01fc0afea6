// @ts-check
// Who is signed in; and what happens when that ends in the middle of some work.

import { onSessionEnd, readSession } from "../parts/api.js";
import { dialog, open } from "../parts/dialog.js";
import { announce, byId, el } from "../parts/dom.js";
import { LEFT, Problem } from "../parts/problem.js";
import { signInForm } from "./sign_in.js";

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

/** Asks for the password on top of the view. Throws a Problem when that is refused. */
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
    const later = el("button", { type: "button", class: "plain", onclick: close }, "Not now");
    const form = signInForm(
      (session) => {
        signedIn(session);
        resolve();
        made.close();
        announce("Signed in. Going on.");
      },
      { username, extra: later },
    );
    const why = "Sign in again and your work goes on where you left it. Nothing you typed is lost.";
    const made = dialog("Your session has ended", el("p", {}, why), form);
    // After signing in this comes too late to matter.
    made.addEventListener("close", () => reject(new Problem(LEFT)), { once: true });
    open(made);
    /** @type {HTMLElement} */ (made.querySelector("#password")).focus();
  });
}

onSessionEnd(askAgain);
