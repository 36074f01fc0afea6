// @ts-check
// Gives an app the secret: a QR code for another device, a link for this one, and a key to type.
// The second factor is on once a code from the app was confirmed.

import { t } from "../../texts.js";
import { post } from "../parts/api.js";
import { el } from "../parts/dom.js";
import { field, formOf, textInput } from "../parts/forms.js";
import { notice } from "../parts/notice.js";
import { cancelButton } from "./card.js";
import { recoveryCodes } from "./recovery_codes.js";

/**
 * @param {{ secret: string, address: string }} offered
 * @param {(...told: HTMLElement[]) => Promise<void>} again
 */
export function setUp({ secret, address }, again) {
  const place = el("div");
  const code = textInput("code", {
    autocomplete: "one-time-code",
    inputmode: "numeric",
    maxlength: 12,
    autocapitalize: "none",
    spellcheck: "false",
  });
  const fields = [
    el("h3", { tabindex: "-1" }, t("ui.factor.scan")),
    // A new address for each secret, so that the browser does not reuse the previous picture.
    el("img", {
      class: "qr",
      src: `/dashboard/api/second-factor/qr.svg?at=${Date.now()}`,
      alt: t("ui.factor.qr"),
      width: 220,
      height: 220,
    }),
    el("p", {}, el("a", { href: address }, t("ui.factor.here"))),
    el("p", {}, t("ui.factor.type"), el("br"), el("code", {}, inFours(secret))),
    el("h3", {}, t("ui.factor.confirm")),
    place,
    field({ label: t("ui.code.label"), hint: t("ui.code.hint"), control: code }),
  ];
  return formOf({
    attributes: { class: "enrolment" },
    place,
    fields,
    button: el("button", { type: "submit" }, t("ui.factor.turn_on")),
    beside: cancelButton(() => again()),
    busy: t("ui.factor.turning_on"),
    send: async (form) => {
      const { recovery_codes: codes } = await post("second-factor/confirm", { code: code.value });
      const told = notice("good", t("ui.factor.is_on"));
      form.replaceWith(told, recoveryCodes(codes, again));
      told.focus();
    },
  });
}

/** Easier to type, and apps ignore the spaces. @param {string} secret */
function inFours(secret) {
  return secret.replace(/.{4}(?=.)/g, "$& ");
}
