// What a template uses that the oldest browsers lack: elements, attributes, kinds of scripts.
import { data, lackingYet } from "./oldest.mjs";

const { elements, global_attributes: everywhere } = data.html;

/** Ignored without harm by a browser that does not know it; why that is so. */
const HARMLESS = {
  "link rel=modulepreload": "the modules are found one after the other",
  autocorrect: "the phone suggests words as ever",
  "meta name=viewport": "phones have always known it",
  "div autofocus=": "form.js sets the focus there",
  "input autofocus=": "the first wrong field is tapped instead",
};

/**
 * @param {string} text of a template; what Jinja does in it is left out
 * @returns {{ line: number, what: string, lacking: string[] }[]}
 */
export function complaintsAboutMarkup(text) {
  const plain = text.replace(/\{[%{#][\s\S]*?[%}#]\}/g, (jinja) => jinja.replace(/[^\n]/g, " "));
  const found = [];
  for (const { 0: tag, 1: name, 2: rest, index } of plain.matchAll(/<([a-z][a-z0-9-]*)((?:"[^"]*"|[^">])*)>/g)) {
    const line = plain.slice(0, index).split("\n").length;
    const own = lackingYet(elements[name]);
    if (own.length > 0) found.push({ line, what: `<${name}>`, lacking: own });
    for (const [, attribute, value = ""] of rest.matchAll(/([a-z][a-z0-9-]*)(?:="([^"]*)")?/g)) {
      const browsers = complaintsAboutAttribute(name, attribute, value);
      if (browsers.length > 0) found.push({ line, what: `${attribute} in ${tag}`, lacking: browsers });
    }
  }
  return found;
}

/** @returns {string[]} the browsers that lack it */
export function complaintsAboutAttribute(element, attribute, value = "") {
  if ([attribute, `${element} ${attribute}=${value}`].some((one) => Object.hasOwn(HARMLESS, one))) return [];
  const known = elements[element]?.[attribute] ?? everywhere[attribute];
  const special = elements[element]?.[`${attribute}_${value}`] ?? known?.[value];
  return [...new Set([...lackingYet(known), ...lackingYet(special)])];
}
