// @ts-check
// The links to the views. On a narrow screen they are one row: those that do not fit, at this width
// and text size, are behind "More".

import { byId } from "./dom.js";

const nav = byId("nav");
const row = /** @type {HTMLElement} */ (nav.querySelector("ul"));
const more = /** @type {HTMLDetailsElement} */ (byId("more"));
const menu = /** @type {HTMLElement} */ (more.querySelector("ul"));
const ways = [...row.children];
/** As in shell.css: from here they are a column, with room for all. */
const wide = window.matchMedia("(min-width: 60em)");

/** Shows which view is open. @param {string} name */
export function markNavigation(name) {
  for (const link of nav.querySelectorAll("a")) {
    if (link.getAttribute("href") === `#/${name}`) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  more.open = false;
  markMore();
}

/** From now on the row shows what fits. */
export function fitNavigation() {
  if (window.ResizeObserver) {
    // The first way grows with the text, the row with the screen.
    const watching = new ResizeObserver(fit);
    watching.observe(nav);
    watching.observe(ways[0]);
  } else {
    window.addEventListener("resize", fit);
    fit();
  }
  document.addEventListener("click", ({ target }) => {
    if (!more.contains(/** @type {Node} */ (target))) more.open = false;
  });
  more.addEventListener("keydown", ({ key }) => {
    if (key !== "Escape" || !more.open) return;
    more.open = false;
    more.querySelector("summary")?.focus();
  });
}

function fit() {
  const focused = document.activeElement;
  more.hidden = true;
  row.append(...ways);
  const isTooLong = () => row.scrollWidth > row.clientWidth;
  if (!wide.matches && isTooLong()) {
    more.hidden = false;
    while (row.children.length > 1 && isTooLong())
      menu.prepend(/** @type {Element} */ (row.lastElementChild));
  }
  if (focused instanceof HTMLElement && row.contains(focused)) focused.focus();
  markMore();
}

/** If the open view is one of those behind it, "More" is marked. */
function markMore() {
  more.classList.toggle("current", menu.querySelector("[aria-current]") !== null);
}
