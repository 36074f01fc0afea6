// @ts-check
// The set-up's first step: the owner's browser makes the PIN. Without this script, and where that
// fails, Helpr makes it, and the page prepares for Plex's warning.

import { ownPin, within } from "../plex_pin.js";

const PATIENCE_MS = 15_000;
const form = /** @type {HTMLFormElement | null} */ (document.getElementById("sign-in"));
let busy = false;

form?.addEventListener("submit", (event) => {
  event.preventDefault();
  if (busy) return;
  busy = true;
  signIn(form)
    .then((address) => window.location.assign(address))
    .catch(() => form.submit());
});

// Back from Plex by the Back button.
window.addEventListener("pageshow", () => {
  busy = false;
});

/** @param {HTMLFormElement} form @returns {Promise<string>} where to sign in */
async function signIn(form) {
  const { pins = "", identifier = "", product = "" } = form.dataset;
  const pin = await ownPin(pins, identifier, product);
  const fields = new URLSearchParams(/** @type {any} */ (new FormData(form)));
  fields.set("pin_id", String(pin.pin_id));
  fields.set("pin_code", pin.pin_code);
  const answer = await within(PATIENCE_MS, (signal) =>
    fetch(form.action, {
      method: "POST",
      headers: { Accept: "application/json" },
      body: fields,
      signal,
    }),
  );
  if (!answer.ok) throw new Error("not begun");
  return (await answer.json()).auth_url;
}
