// @ts-check
// Builds elements. Every string becomes text; nothing is ever read as markup.

/** @typedef {Node | string | false | null | undefined} Piece */

const SVG = "http://www.w3.org/2000/svg";
/** Set as properties: as attributes they would only be the initial value. */
const PROPERTIES = new Set(["value", "checked", "selected", "hidden", "tabIndex"]);

/**
 * An element; `onclick` and the like are listeners, false and undefined leave an attribute out.
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Record<string, any>} [attributes]
 * @param {...(Piece | Piece[])} children
 * @returns {HTMLElementTagNameMap[Tag]}
 */
export function el(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) setOne(made, name, value);
  made.append(...pieces(children));
  return made;
}

/**
 * @param {HTMLElement} element
 * @param {string} name
 * @param {any} value
 */
function setOne(element, name, value) {
  if (value === undefined || value === null) return;
  if (typeof value === "function") element.addEventListener(name.slice(2), value);
  else if (PROPERTIES.has(name)) Object.assign(element, { [name]: value });
  else if (value !== false) element.setAttribute(name, value === true ? "" : String(value));
}

/**
 * @param {(Piece | Piece[])[]} children
 * @returns {(Node | string)[]}
 */
function pieces(children) {
  const kept = children.flat().filter((one) => one || one === "");
  return /** @type {(Node | string)[]} */ (kept);
}

/**
 * An element of a drawing.
 * @param {string} tag
 * @param {Record<string, string | number>} attributes
 * @param {...Node} children
 */
export function draw(tag, attributes, ...children) {
  const made = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, String(value));
  made.append(...children);
  return made;
}

/**
 * The shell's element with that id.
 * @param {string} id
 */
export function byId(id) {
  const found = document.getElementById(id);
  if (!found) throw new Error(`The page lacks #${id}`);
  return found;
}

/**
 * Lets an address break before its @ but not within a word.
 * @param {string} text
 * @returns {Piece[]}
 */
export function breakable(text) {
  return text.split("@").flatMap((part, at) => (at ? [el("wbr"), `@${part}`] : [part]));
}

/** Announces it to screen readers. @param {string} words */
export function announce(words) {
  byId("announce").textContent = words;
}
