// @ts-check
// "Sign in with Plex": this browser makes the PIN, so that Plex has nobody to warn about, and the
// same tab goes to Plex and comes back. Where that fails Helpr makes the PIN; where all of this
// fails the button sends the form by itself.

import { ask, beginAtPlex } from "../plex.js";
import { t } from "../texts.js";

const KEPT = "helpr-sign-in";

/**
 * @param {HTMLFormElement} form
 * @param {(refusal: import("../plex.js").Refusal) => void} complain
 * @param {(thrown: unknown, sendPlainly: () => void) => Promise<void>} fail what to do without an answer
 */
export function offerSignIn(form, complain, fail) {
  const place = document.getElementById("sign-in");
  const button = /** @type {HTMLButtonElement | null} */ (
    document.getElementById("sign-in-button")
  );
  if (!place || !button) return;
  const words = button.textContent ?? "";
  let busy = false;

  /** @param {boolean} now */
  const setBusy = (now) => {
    busy = now;
    button.setAttribute("aria-disabled", String(now));
    button.textContent = now ? t("form_script.to_plex") : words;
  };

  button.addEventListener("click", (event) => {
    event.preventDefault();
    if (busy) return;
    setBusy(true);
    const typed = Object.fromEntries(
      [...new FormData(form)].filter(([name]) => name === "invite_code" || name === "note"),
    );
    beginAtPlex("/api/sign-ins", typed, place.dataset.pins ?? "")
      .then((begun) => {
        if ("problem" in begun) {
          setBusy(false);
          complain(begun);
          return;
        }
        keep(begun.sign_in_id);
        // Otherwise busy until this page is left.
        if (begun.alert_expected) prepare(place, begun.auth_url);
        else window.location.assign(begun.auth_url);
      })
      .catch((thrown) => fail(thrown, () => sendPlainly(form, button)).then(() => setBusy(false)));
  });

  // Back from Plex by the Back button, or here again after Plex came back in another browser.
  window.addEventListener("pageshow", () => {
    setBusy(false);
    takeUp();
  });
}

/**
 * Plex will warn about the PIN: say so, and let the friend go on.
 * @param {HTMLElement} place
 * @param {string} address
 */
function prepare(place, address) {
  const words = document.createElement("p");
  words.textContent = t("form_script.alert");
  const link = document.createElement("a");
  link.className = "button";
  link.id = "to-plex";
  link.href = address;
  link.rel = "noreferrer";
  link.textContent = t("form_script.go_on");
  place.replaceChildren(words, link);
  link.focus();
}

/** The sign-in that this tab has left for Plex's page. @param {string} id */
export function keep(id) {
  try {
    window.sessionStorage.setItem(KEPT, id);
  } catch {
    // Without a storage the Back button just shows the form.
  }
}

/**
 * A sign-in that was left: its end is shown where it has one by now.
 * @param {FormDataEntryValue | null} [over] one that has ended without a request
 */
export async function takeUp(over = null) {
  let id = null;
  try {
    id = window.sessionStorage.getItem(KEPT);
    window.sessionStorage.removeItem(KEPT);
  } catch {
    return;
  }
  if (!id || id === over) return;
  const answer = await ask("POST", `/api/sign-ins/${id}/finish`).catch(() => undefined);
  const page = answer?.headers.get("Location");
  if (page) window.location.assign(page);
  else if (answer?.status === 202) keep(id); // nobody has signed in yet
}

/**
 * As without this script: Helpr makes the PIN, and its page leads on.
 * @param {HTMLFormElement} form
 * @param {HTMLButtonElement} button
 */
function sendPlainly(form, button) {
  const action = form.action;
  form.action = button.formAction;
  form.submit();
  form.action = action;
}
