// @ts-check
// Busy buttons: they show it, cannot be pressed twice, and keep the focus.

import { announce, el } from "./dom.js";

/**
 * @param {HTMLElement} button
 * @param {string} words shown and said while it lasts
 * @param {() => Promise<void>} work
 */
export async function whileBusy(button, words, work) {
  if (isBusy(button)) return;
  const shown = [...button.childNodes];
  // aria-disabled, not disabled: a disabled button would lose the keyboard's focus.
  button.setAttribute("aria-disabled", "true");
  button.replaceChildren(el("span", {}, words));
  announce(words);
  try {
    await work();
  } finally {
    button.removeAttribute("aria-disabled");
    button.replaceChildren(...shown);
    announce("");
  }
}

/** @param {HTMLElement} button */
export function isBusy(button) {
  return button.getAttribute("aria-disabled") === "true";
}
