// @ts-check
// "Sign in with a passkey", where there are any and this browser can use them.

import { t } from "../../texts.js";
import { openSessionByPasskey, passkeyOptions } from "../parts/api.js";
import { el } from "../parts/dom.js";
import { usePasskey, whyNoPasskeys } from "./webauthn.js";

/** @typedef {import("../parts/api.js").Session} Session */

/** @param {(busy: HTMLElement, work: () => Promise<Session | null>) => void} tried */
export function passkeyWay(tried) {
  if (!("passkeys" in document.body.dataset) || whyNoPasskeys()) return null;
  const button = el("button", { type: "button", class: "plain" }, t("ui.passkeys.sign_in"));
  button.addEventListener("click", () =>
    tried(button, async () => {
      const credential = await usePasskey(await passkeyOptions());
      return credential && openSessionByPasskey(credential);
    }),
  );
  return el("div", { class: "actions" }, button);
}
