// @ts-check
// The owner's passkeys: the list, and a form to add one.

import { pieces, t } from "../../texts.js";
import { call, post } from "../parts/api.js";
import { confirmed } from "../parts/dialog.js";
import { el } from "../parts/dom.js";
import { time } from "../parts/format.js";
import { field, formOf, textInput } from "../parts/forms.js";
import { notice, tellProblem } from "../parts/notice.js";
import { makePasskey, whyNoPasskeys } from "../sign_in/webauthn.js";
import { cancelButton, card } from "./card.js";
import { proofFields } from "./proof.js";

/** @typedef {import("../types.js").Passkey} Passkey */
/** @typedef {import("../types.js").Passkeys} Passkeys */
/** @typedef {import("./card.js").Again} Again */

const PATH = "passkeys";

/** @param {AbortSignal} signal */
export function passkeys(signal) {
  return card(t("ui.passkeys.title"), PATH, signal, shown);
}

/**
 * @param {Passkeys} got
 * @param {HTMLElement} part
 * @param {Again} again
 * @returns {Node[]}
 */
function shown(got, part, again) {
  const why = whyNoPasskeys();
  const add = el("button", { type: "button" }, t("ui.passkeys.add"));
  add.addEventListener("click", () => {
    const form = addForm(got, again);
    part.replaceChildren(form);
    /** @type {HTMLElement | null} */ (form.querySelector("input"))?.focus();
  });
  const list = got.passkeys.map((one) => line(one, again));
  return [
    el("p", {}, t("ui.passkeys.lead")),
    list.length > 0 && el("ul", { class: "passkeys" }, ...list),
    why ? el("p", { class: "quiet" }, why) : el("div", { class: "actions" }, add),
  ].filter((one) => one !== false);
}

/**
 * @param {Passkey} passkey
 * @param {Again} again
 */
function line(passkey, again) {
  const { name, host } = passkey;
  const place = el("div");
  const path = `${PATH}/${passkey.passkey_id}`;
  const rename = el("button", { type: "button", class: "plain" }, t("ui.passkeys.rename"));
  const remove = el("button", { type: "button", class: "plain" }, t("ui.passkeys.remove"));
  rename.setAttribute("aria-label", t("ui.passkeys.rename_one", { name }));
  remove.setAttribute("aria-label", t("ui.passkeys.remove_one", { name }));
  rename.addEventListener("click", () => {
    const form = renameForm(passkey, path, again);
    place.replaceChildren(form);
    /** @type {HTMLElement | null} */ (form.querySelector("input"))?.focus();
  });
  remove.addEventListener("click", async () => {
    const title = t("ui.remove_title", { name });
    if (!(await confirmed(title, t("ui.passkeys.remove_detail"), t("ui.passkeys.remove")))) return;
    try {
      await call("DELETE", path);
      await again(notice("good", t("ui.passkeys.removed", { name })));
    } catch (thrown) {
      tellProblem(place, thrown);
    }
  });
  const added = pieces("ui.passkeys.added", { time: time(passkey.added_at), host });
  const used = passkey.used_at ? pieces("ui.last_used", { time: time(passkey.used_at) }) : [];
  return el(
    "li",
    {},
    el("p", {}, el("strong", {}, name)),
    el("p", { class: "quiet" }, ...added, " ", ...used),
    place,
    el("div", { class: "actions" }, rename, remove),
  );
}

/**
 * @param {Passkey} passkey
 * @param {string} path
 * @param {Again} again
 */
function renameForm(passkey, path, again) {
  const name = textInput("name", { value: passkey.name, maxlength: 60, required: true });
  return form(name, t("ui.save"), again, async () => {
    await call("PATCH", path, { body: { name: name.value } });
    await again(notice("good", t("ui.passkeys.renamed")));
  });
}

/**
 * @param {Passkeys} got
 * @param {Again} again
 */
function addForm(got, again) {
  const name = textInput("name", {
    value: t("ui.passkeys.default_name"),
    maxlength: 60,
    required: true,
  });
  const proof = proofFields();
  const why = el("p", {}, t("ui.passkeys.why_proof"));
  const asked = el("div", { class: "stack", hidden: !got.proof_wanted }, why, ...proof.fields);
  return form(
    name,
    t("ui.passkeys.add"),
    again,
    async () => {
      const begun = post(`${PATH}/begin`, asked.hidden ? {} : proof.given());
      const { public_key: options } = await begun.catch((thrown) => {
        asked.hidden = false; // by now it may be a while since the sign-in
        throw thrown;
      });
      const credential = await makePasskey(options);
      if (!credential) return again(notice("wait", t("ui.passkeys.not_made")));
      await post(PATH, { name: name.value, credential });
      await again(notice("good", t("ui.passkeys.made")));
    },
    [asked],
  );
}

/**
 * A form with a name.
 * @param {HTMLInputElement} name
 * @param {string} yes
 * @param {Again} again
 * @param {() => Promise<void>} work
 * @param {Node[]} [more]
 */
function form(name, yes, again, work, more = []) {
  return formOf({
    fields: [field({ label: t("ui.passkeys.name"), control: name }), ...more],
    button: el("button", { type: "submit" }, yes),
    beside: cancelButton(() => again()),
    busy: t("ui.factor.setting_up"),
    send: work,
  });
}
