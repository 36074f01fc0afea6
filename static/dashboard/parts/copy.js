// @ts-check
// Buttons that pass on an address: to the clipboard, or to another app on the phone.

import { t } from "../../texts.js";
import { whileBusy } from "./busy.js";
import { announce, el } from "./dom.js";
import { icon } from "./icons.js";

/**
 * @param {string} link
 * @param {string} [words] what the button says
 */
export function copyButton(link, words = t("ui.link.copy")) {
  const button = el("button", { type: "button", class: "plain" }, icon("copy"), words);
  button.addEventListener("click", () => copy(button, link));
  return button;
}

/** Only if the browser can share. @param {string} link @param {string} title */
export function shareButton(link, title) {
  if (!("share" in navigator)) return null;
  const share = () => {
    // Closing the share sheet is a change of mind, not an error.
    navigator.share?.({ title, url: link }).catch(() => {});
  };
  return el(
    "button",
    { type: "button", class: "plain", onclick: share },
    icon("share"),
    t("ui.links.share"),
  );
}

/**
 * @param {HTMLButtonElement} button
 * @param {string} link
 */
function copy(button, link) {
  whileBusy(button, t("ui.link.copying"), () => navigator.clipboard.writeText(link))
    .then(() => button.replaceChildren(icon("good"), t("ui.link.copied")))
    .then(() => announce(t("ui.link.copied")))
    // Refused by the browser, or no HTTPS: the link is shown to be copied by hand.
    .catch(() => announce(t("ui.link.refused")));
}
