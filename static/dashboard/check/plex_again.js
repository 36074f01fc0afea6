// @ts-check
// Plex refuses the token: the owner signs in to Plex again, in the same tab, and comes back here.

import { ownPin } from "../../plex_pin.js";
import { t } from "../../texts.js";
import { call, post } from "../parts/api.js";
import { el } from "../parts/dom.js";
import { notice } from "../parts/notice.js";

/**
 * Goes to Plex, or throws a Problem. Where Plex will warn, what says so takes the place of the button.
 * @param {HTMLElement} button
 */
export async function leaveForPlex(button) {
  const begun = await post("connection/sign-ins");
  const pin = await ownPin(begun.pins_url, begun.client_identifier, begun.product).catch(
    () => undefined,
  );
  const path = `connection/sign-ins/${begun.sign_in_id}/pin`;
  const found = await (await call("PUT", path, { body: pin })).json();
  if (found.alert_expected) prepare(button, found.auth_url);
  else window.location.assign(found.auth_url);
}

/** @param {HTMLElement} button @param {string} address */
function prepare(button, address) {
  const link = el(
    "a",
    { class: "button", id: "to-plex", href: address, rel: "noreferrer" },
    t("ui.again.go_on"),
  );
  button.replaceWith(el("p", {}, t("ui.again.alert")), link);
  link.focus();
}

/**
 * Back from Plex: what came of it. Throws a Problem.
 * @param {string} id
 */
export async function backFromPlex(id) {
  const done = await post(`connection/sign-ins/${encodeURIComponent(id)}/finish`);
  if (done.status === "sign_in_waiting") return notice("wait", done.message);
  const { account: name, sent: count, waiting } = done;
  const words = [count > 0 ? t("ui.again.sent", { name, count }) : t("ui.again.done", { name })];
  if (waiting > 0) words.push(t("ui.again.rest"));
  return notice("good", words.join(" "));
}
