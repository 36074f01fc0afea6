// @ts-check
// Asks again for proof that this is the owner: the password, or a code.

import { t } from "../../texts.js";
import { byId } from "../parts/dom.js";
import { field, textInput } from "../parts/forms.js";

/**
 * The fields, the first of them, and what was typed, as the API expects it.
 * @param {{ codes?: boolean }} [given] whether there may be an app whose codes count
 */
export function proofFields({ codes = true } = {}) {
  const plainWords = { autocapitalize: "none", spellcheck: "false" };
  // Password managers look for a name beside a password.
  const who = { hidden: true, autocomplete: "username", value: byId("who").textContent };
  const password = textInput("password", {
    ...plainWords,
    type: "password",
    autocomplete: "current-password",
  });
  const code = textInput("code", { ...plainWords, autocomplete: "one-time-code" });
  return {
    fields: [
      textInput("username", who),
      field({ label: t("ui.password"), control: password }),
      ...(codes ? [field({ label: t("ui.factor.or_code"), control: code })] : []),
    ],
    first: password,
    // A browser may have filled in the password by itself: what was typed is the code.
    given: () => ({ password: code.value ? "" : password.value, code: code.value }),
  };
}
