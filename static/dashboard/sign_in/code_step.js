// @ts-check
// The second step of signing in, where the second factor is on: a code from an app, or a recovery
// code. Two fields, since only one of them is a number that a phone can fill in.

import { pieces, t } from "../../texts.js";
import { el } from "../parts/dom.js";
import { field, textInput } from "../parts/forms.js";

/** The element, hidden at first; `code` is what was typed, and `show` asks for one. */
export function codeStep() {
  const plainWords = { autocapitalize: "none", spellcheck: "false" };
  const own = textInput("code", {
    ...plainWords,
    autocomplete: "one-time-code",
    inputmode: "numeric",
    maxlength: 12,
  });
  const recovery = textInput("recovery_code", plainWords);
  const fromApp = el(
    "div",
    {},
    field({ label: t("ui.code.label"), hint: t("ui.code.hint"), control: own }),
  );
  const fromPaper = el(
    "div",
    { class: "stack", hidden: true },
    field({ label: t("ui.code.recovery"), hint: t("ui.code.recovery_hint"), control: recovery }),
    el("p", { class: "hint" }, ...pieces("ui.code.lost", { command: lastResort() })),
  );
  const other = el("button", { type: "button", class: "link" }, t("ui.code.use_recovery"));
  other.addEventListener("click", () => {
    fromApp.hidden = !fromApp.hidden;
    fromPaper.hidden = !fromPaper.hidden;
    other.textContent = t(fromApp.hidden ? "ui.code.use_app" : "ui.code.use_recovery");
    (fromApp.hidden ? recovery : own).focus();
  });
  const element = el(
    "div",
    { class: "stack", hidden: true },
    fromApp,
    fromPaper,
    el("p", {}, other),
  );
  return {
    element,
    code: () => (fromApp.hidden ? recovery : own).value,
    show: () => {
      element.hidden = false;
      own.focus();
    },
    forget: () => {
      own.value = "";
    },
  };
}

function lastResort() {
  return el("code", {}, "python -m helpr_core second-factor-off");
}
