// @ts-check
// Questions on top of the view, in the browser's own dialog: it holds the focus and gives it back.

import { t } from "../../texts.js";
import { el } from "./dom.js";

let count = 0;

/**
 * @param {string} title
 * @param {...Node} content
 */
export function dialog(title, ...content) {
  count += 1;
  const id = `dialog-${count}`;
  return el(
    "dialog",
    { "aria-labelledby": id },
    el("div", { class: "dialog" }, el("h2", { id }, title), ...content),
  );
}

/** @param {HTMLDialogElement} made */
export function open(made) {
  document.body.append(made);
  made.addEventListener("close", () => made.remove(), { once: true });
  if (typeof made.showModal === "function") made.showModal();
  else made.setAttribute("open", "");
}

/**
 * Asks before something that cannot be undone.
 * @param {string} title
 * @param {string} detail
 * @param {string} yes what the button says
 * @returns {Promise<boolean>}
 */
export function confirmed(title, detail, yes) {
  const cancel = el("button", { type: "submit", value: "", class: "plain" }, t("ui.cancel"));
  const agree = el("button", { type: "submit", value: "yes", class: "danger" }, yes);
  const made = dialog(
    title,
    el("p", {}, detail),
    el("form", { method: "dialog" }, el("div", { class: "actions" }, agree, cancel)),
  );
  open(made);
  cancel.focus();
  return new Promise((resolve) => {
    made.addEventListener("close", () => resolve(made.returnValue === "yes"), { once: true });
  });
}
