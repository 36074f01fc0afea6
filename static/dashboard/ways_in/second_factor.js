// @ts-check
// The second factor of the password: whether it is on, and how it is turned on and off.

import { pieces, t } from "../../texts.js";
import { post } from "../parts/api.js";
import { whileBusy } from "../parts/busy.js";
import { el } from "../parts/dom.js";
import { time } from "../parts/format.js";
import { formOf } from "../parts/forms.js";
import { icon } from "../parts/icons.js";
import { notice, tellProblem } from "../parts/notice.js";
import { asProblem } from "../parts/problem.js";
import { cancelButton, card } from "./card.js";
import { setUp } from "./enrolment.js";
import { proofFields } from "./proof.js";
import { recoveryCodes } from "./recovery_codes.js";

/** @typedef {import("../types.js").SecondFactor} Factor */

const PATH = "second-factor";
const FEW = 3;

/** @param {AbortSignal} signal */
export function secondFactor(signal) {
  return card(t("ui.factor.title"), PATH, signal, state);
}

/**
 * @param {Factor} factor
 * @param {HTMLElement} part
 * @param {(...told: HTMLElement[]) => Promise<void>} again
 * @returns {Node[]}
 */
function state(factor, part, again) {
  if (factor.on) return whileOn(factor, part, again);
  if (!factor.has_password) return [el("p", {}, t("ui.factor.no_password"))];
  const place = el("div");
  const begin = async (/** @type {object} */ proof) => {
    const form = setUp(await post(PATH, proof), again);
    part.replaceChildren(form);
    /** @type {HTMLElement | null} */ (form.querySelector("h3"))?.focus();
  };
  const asked = () => prove(part, again, "set_up", begin);
  const button = el("button", { type: "button" }, t("ui.factor.set_up"));
  button.addEventListener("click", () => {
    if (factor.proof_wanted) return asked();
    whileBusy(button, t("ui.factor.setting_up"), () =>
      begin({}).catch((thrown) => {
        if (asProblem(thrown).errors.length > 0)
          asked(); // by now it is a while since the sign-in
        else tellProblem(place, thrown);
      }),
    );
  });
  return [el("p", {}, t("ui.factor.off")), place, el("div", { class: "actions" }, button)];
}

/**
 * @param {Factor} factor
 * @param {HTMLElement} part
 * @param {(...told: HTMLElement[]) => Promise<void>} again
 * @returns {Node[]}
 */
function whileOn(factor, part, again) {
  const left = factor.recovery_codes_left;
  const count = t("ui.factor.left", { count: left });
  const since = factor.since ? time(factor.since) : "";
  const renew = () =>
    prove(part, again, "renew", async (proof) => {
      const { recovery_codes: codes } = await post(`${PATH}/recovery-codes`, proof);
      part.replaceChildren(recoveryCodes(codes, again));
      /** @type {HTMLElement | null} */ (part.querySelector("h3"))?.focus();
    });
  const off = () =>
    prove(part, again, "turn_off", async (proof) => {
      await post(`${PATH}/off`, proof);
      await again(notice("good", t("ui.factor.turned_off")));
    });
  return [
    el(
      "p",
      { class: "state good" },
      icon("good"),
      el("span", {}, ...pieces("ui.factor.on", { since })),
    ),
    left > FEW ? el("p", {}, count) : notice("wait", count, el("p", {}, t("ui.factor.few"))),
    el(
      "div",
      { class: "actions" },
      el("button", { type: "button", class: "plain", onclick: renew }, t("ui.factor.renew")),
      el("button", { type: "button", class: "plain", onclick: off }, t("ui.factor.turn_off")),
    ),
  ];
}

/**
 * Asks for the password or a code, and passes it to `work`.
 * @param {HTMLElement} part
 * @param {(...told: HTMLElement[]) => Promise<void>} again
 * @param {"set_up" | "renew" | "turn_off"} what
 * @param {(proof: { password: string, code: string }) => Promise<void>} work
 */
function prove(part, again, what, work) {
  const place = el("div");
  const proof = proofFields({ codes: what !== "set_up" });
  const form = formOf({
    place,
    fields: [el("p", {}, t(`ui.factor.${what}_why`)), place, ...proof.fields],
    button: el("button", { type: "submit" }, t(`ui.factor.${what}`)),
    beside: cancelButton(() => again()),
    busy: t("ui.factor.setting_up"),
    send: () => work(proof.given()),
  });
  part.replaceChildren(form);
  proof.first.focus();
}
