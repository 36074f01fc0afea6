// @ts-check
// A card that folds, and stays as it was left in this browser.

import { el } from "./dom.js";

/** As in shell.css: from here there is room for all of them. */
const wide = window.matchMedia("(min-width: 60em)");
const OPEN = "open";

/**
 * @param {string} id
 * @param {string} title
 * @param {{ open?: boolean }} given open at first; without it, where there is room
 * @param {...(Node | false)} content
 */
export function foldingCard(id, title, { open = wide.matches }, ...content) {
  const key = `helpr.${id}`;
  const remembered = read(key);
  const isOpen = remembered ? remembered === OPEN : open;
  const card = el(
    "details",
    { class: "card fold", id, open: isOpen },
    el("summary", {}, el("h2", { id: `${id}-title` }, title)),
    ...content,
  );
  card.querySelector("summary")?.addEventListener("click", () => {
    keep(key, card.open ? "closed" : OPEN); // its next state
  });
  return card;
}

/** @param {string} key */
function read(key) {
  try {
    return localStorage.getItem(key);
  } catch {
    return null; // storage is switched off
  }
}

/** @param {string} key @param {string} value */
function keep(key, value) {
  try {
    localStorage.setItem(key, value);
  } catch {
    // It is not remembered.
  }
}
