// @ts-check
// The sign-in form: the page's first view, and the dialog of a session that has ended.

import { t } from "../../texts.js";
import { openSession } from "../parts/api.js";
import { whileBusy } from "../parts/busy.js";
import { el } from "../parts/dom.js";
import { attempt, field, textInput } from "../parts/forms.js";
import { asProblem } from "../parts/problem.js";
import { codeStep } from "./code_step.js";
import { passkeyWay } from "./passkey_way.js";

/** @typedef {import("../parts/api.js").Session} Session */

/**
 * @param {(session: Session) => void} onDone
 * @param {{ username?: string, extra?: HTMLElement }} [given] a name to begin with; a second button
 */
export function signInForm(onDone, { username = "", extra } = {}) {
  const plainWords = { required: true, autocapitalize: "none", spellcheck: "false" };
  const name = textInput("username", { ...plainWords, autocomplete: "username", value: username });
  const password = textInput("password", {
    ...plainWords,
    type: "password",
    autocomplete: "current-password",
  });
  const place = el("div");
  const first = el(
    "div",
    { class: "stack" },
    field({ label: t("ui.username"), control: name }),
    field({ label: t("ui.password"), control: password }),
  );
  const second = codeStep();
  const button = el("button", { type: "submit" }, t("ui.sign_in"));
  const form = el(
    "form",
    { class: "sign-in", novalidate: true },
    place,
    first,
    second.element,
    el("div", { class: "actions" }, button, extra),
    passkeyWay(tried),
  );
  /**
   * @param {HTMLElement} busy
   * @param {() => Promise<Session | null>} work null where more is asked for, or it was called off
   */
  function tried(busy, work) {
    const signIn = async () => {
      const session = await work().catch((thrown) => {
        second.forget();
        throw thrown;
      });
      if (session) onDone(session);
    };
    whileBusy(busy, t("ui.signing_in"), () => attempt(place, form, signIn));
  }
  async function byPassword() {
    try {
      return await openSession(name.value, password.value, second.code());
    } catch (thrown) {
      if (asProblem(thrown).code !== "code_required" || !second.element.hidden) throw thrown;
      first.hidden = true; // and filled in: both are sent again with the code
      second.show();
      return null;
    }
  }
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    tried(button, byPassword);
  });
  return form;
}
