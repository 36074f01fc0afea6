// @ts-check
// Libraries as ticks, each with its kind.

import { has, t } from "../../texts.js";
import { el } from "./dom.js";
import { icon } from "./icons.js";
import { notice } from "./notice.js";

/** @typedef {import("../types.js").ListedLibrary} ListedLibrary */

/**
 * @param {ListedLibrary[]} libraries those that are gone are not offered
 * @param {string} legend
 * @param {string} name also the id under which errors are found
 */
export function libraryTicks(libraries, legend, name) {
  const offered = libraries.filter((library) => !library.gone);
  return el(
    "fieldset",
    { id: name, tabindex: "-1", "aria-describedby": `${name}-error` },
    el("legend", {}, legend),
    el("p", { class: "field-error", id: `${name}-error` }),
    el("ul", { class: "ticks" }, ...offered.map((library) => tick(library, name))),
  );
}

/**
 * @param {ListedLibrary} library
 * @param {string} name
 */
function tick(library, name) {
  const id = `${name}-${library.id}`;
  const attributes = { type: "checkbox", id, name, value: String(library.id) };
  return el(
    "li",
    {},
    el("input", { ...attributes, checked: library.shared }),
    el("label", { for: id }, icon(library.type), el("span", {}, library.title, kind(library))),
  );
}

/** @param {ListedLibrary} library */
function kind(library) {
  const code = `library.${library.type}`;
  const words = has(code) ? t(code) : t("ui.libraries.other");
  const shown = library.missing ? t("ui.libraries.missing", { kind: words }) : words;
  return el("span", { class: "kind" }, ` ${shown}`);
}

/** The ticked ids. @param {HTMLElement} form */
export function ticked(form) {
  const boxes = form.querySelectorAll("fieldset input:checked");
  return [...boxes].map((box) => Number(/** @type {HTMLInputElement} */ (box).value));
}

/** Libraries that are no longer on the server. @param {ListedLibrary[]} all */
export function goneCard(all) {
  const lost = all.filter((library) => library.gone);
  if (lost.length === 0) return el("span", { hidden: true });
  const lines = lost.map((library) =>
    el("li", {}, icon("warning"), el("span", {}, library.title, kind(library))),
  );
  return el(
    "section",
    { class: "card gone" },
    el("h2", {}, t("ui.libraries.gone")),
    el("p", {}, t("ui.libraries.gone_detail")),
    el("ul", {}, ...lines),
  );
}

/** Notices about anything unexpected. @param {string[]} [notices] */
export function doubtsCard(notices = []) {
  if (notices.length === 0) return el("span", { hidden: true });
  return notice(
    "wait",
    t("ui.libraries.notices"),
    el("ul", {}, ...notices.map((one) => el("li", {}, one))),
  );
}
