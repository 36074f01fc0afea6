// @ts-check
// "Sign in with Plex again", where a sign-in has ended without a request: as on the form, this
// browser makes the PIN. Where it cannot, the button sends its form, and Helpr makes it.

import { beginAtPlex } from "../plex.js";
import { keep, takeUp } from "./sign_in.js";

const form = /** @type {HTMLFormElement} */ (document.getElementById("again"));
let busy = false;

/** @param {boolean} now */
function setBusy(now) {
  busy = now;
  form.querySelector("button")?.setAttribute("aria-disabled", String(now));
}

/** Throws where Plex's page would begin with its warning: then one of ours comes first. */
async function begin() {
  const typed = Object.fromEntries(new FormData(form));
  const begun = await beginAtPlex(
    form.getAttribute("action") ?? "",
    typed,
    form.dataset.pins ?? "",
  );
  if ("problem" in begun || begun.alert_expected) throw new Error("not by this browser");
  keep(begun.sign_in_id);
  window.location.assign(begun.auth_url);
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  if (busy) return;
  setBusy(true);
  begin().catch(() => {
    setBusy(false);
    form.submit();
  });
});

// Back from Plex by the Back button.
window.addEventListener("pageshow", () => {
  setBusy(false);
  takeUp(new FormData(form).get("after"));
});
