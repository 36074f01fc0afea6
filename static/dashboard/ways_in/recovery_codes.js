// @ts-check
// The recovery codes, which are shown only once.

import { t } from "../../texts.js";
import { copyButton } from "../parts/copy.js";
import { el } from "../parts/dom.js";
import { saveFile } from "../parts/export.js";
import { icon } from "../parts/icons.js";

/**
 * @param {string[]} codes
 * @param {() => Promise<void>} done
 */
export function recoveryCodes(codes, done) {
  const text = `${codes.join("\n")}\n`;
  const save = () => saveFile(new Blob([text], { type: "text/plain" }), "helpr-recovery-codes.txt");
  return el(
    "div",
    { class: "stack" },
    el("h3", { tabindex: "-1" }, t("ui.factor.codes_title")),
    el("p", {}, t("ui.factor.codes")),
    el("ul", { class: "recovery-codes" }, ...codes.map((one) => el("li", {}, el("code", {}, one)))),
    el(
      "div",
      { class: "actions" },
      copyButton(text, t("ui.factor.copy")),
      el(
        "button",
        { type: "button", class: "plain", onclick: save },
        icon("download"),
        t("ui.factor.save"),
      ),
      el("button", { type: "button", onclick: () => done() }, t("ui.factor.kept")),
    ),
  );
}
