// @ts-check
// Fields with label, hint and error connected, and a summary that leads to the errors.

import { t } from "../../texts.js";
import { isBusy, whileBusy } from "./busy.js";
import { el } from "./dom.js";
import { errorWords, problemNotice } from "./notice.js";
import { asProblem } from "./problem.js";

/** @typedef {import("./problem.js").Problem} Problem */
/** @typedef {import("../types.js").FieldError} FieldError */
/** @typedef {HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement} Control */

/**
 * A labelled control. Its id is its name.
 * @param {{ label: string, hint?: string, control: Control, name?: string }} given
 */
export function field({ label, hint, control, name = control.name }) {
  control.id = name;
  const described = [hint && `${name}-hint`, `${name}-error`].filter(Boolean).join(" ");
  control.setAttribute("aria-describedby", described);
  const isTick = control instanceof HTMLInputElement && control.type === "checkbox";
  const words = el("label", { for: name }, label);
  return el(
    "div",
    { class: isTick ? "field tick" : "field" },
    ...(isTick ? [control, words] : [words]),
    hint && el("p", { class: "hint", id: `${name}-hint` }, hint),
    el("p", { class: "field-error", id: `${name}-error` }),
    !isTick && control,
  );
}

/**
 * @param {string} name
 * @param {Record<string, any>} [attributes]
 */
export function textInput(name, attributes = {}) {
  return el("input", { type: "text", name, autocomplete: "off", ...attributes });
}

/**
 * @param {string} name
 * @param {string} chosen
 * @param {Iterable<string[]>} choices value and words of each
 */
export function select(name, chosen, choices) {
  const options = [...choices].map(([value = "", words = ""]) =>
    el("option", { value, selected: value === chosen }, words),
  );
  return el("select", { name }, ...options);
}

/**
 * A form: a place for what is said of it, its fields, and its buttons. The first one sends it, and
 * shows `busy` meanwhile.
 * @param {{ fields: import("./dom.js").Piece[], button: HTMLButtonElement, busy: string,
 *   send: (form: HTMLFormElement, place: HTMLElement) => Promise<unknown>, place?: HTMLElement,
 *   beside?: import("./dom.js").Piece | import("./dom.js").Piece[],
 *   attributes?: Record<string, any> }} given
 *   `send`: what it throws is shown; `place`: one that stands among the fields already
 */
export function formOf({ fields, button, busy, send, place, beside, attributes = {} }) {
  const said = place ?? el("div");
  const form = el(
    "form",
    { novalidate: true, ...attributes },
    !place && said,
    ...fields,
    el("div", { class: "actions" }, button, beside),
  );
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (isBusy(button)) return;
    whileBusy(button, busy, () => attempt(said, form, () => send(form, said)));
  });
  return form;
}

/**
 * Carries it out; a problem is shown in the place and at the fields.
 * @param {HTMLElement} place
 * @param {HTMLElement} form
 * @param {() => Promise<unknown>} work
 */
export async function attempt(place, form, work) {
  clearProblem(place, form);
  try {
    await work();
  } catch (thrown) {
    showProblem(place, form, asProblem(thrown));
  }
}

/**
 * Shows the result of sending a form, and moves the focus there.
 * @param {HTMLElement} place above the form's fields
 * @param {HTMLElement} form
 * @param {Problem} problem
 */
export function showProblem(place, form, problem) {
  markFields(form, problem);
  const summary = problem.errors.length > 0 ? summaryOf(form, problem) : problemNotice(problem);
  place.replaceChildren(summary);
  summary.focus();
}

/**
 * @param {HTMLElement} place
 * @param {HTMLElement} form
 */
function clearProblem(place, form) {
  place.replaceChildren();
  for (const one of form.querySelectorAll("[aria-invalid]")) one.removeAttribute("aria-invalid");
  for (const one of form.querySelectorAll(".field-error")) one.replaceChildren();
}

/**
 * @param {HTMLElement} form
 * @param {Problem} problem
 */
function summaryOf(form, problem) {
  const named = problem.errors.length > 1; // several may say the same
  const list = problem.errors.map((error) => el("li", {}, wayTo(form, error, named)));
  return el(
    "div",
    { class: "summary", tabindex: "-1" },
    el("div", { role: "alert" }, el("h2", {}, t("ui.refused")), el("ul", {}, ...list)),
  );
}

/**
 * A button, since a link to #field would be another view's address.
 * @param {HTMLElement} form
 * @param {FieldError} error
 * @param {boolean} named with the field's label
 */
function wayTo(form, error, named) {
  const control = controlOf(form, fieldOf(error));
  if (!control) return errorWords(error);
  const go = () => control.focus();
  const label = named ? form.querySelector(`label[for="${control.id}"]`)?.textContent : null;
  const words = errorWords({ field: label ?? "", message: error.message });
  return el("button", { type: "button", class: "link", onclick: go }, words);
}

/** `shared.3` is one of the values of the field `shared`. @param {FieldError} error */
function fieldOf(error) {
  return error.field.split(".")[0];
}

/**
 * @param {HTMLElement} form
 * @param {string} name
 */
function controlOf(form, name) {
  return name
    ? /** @type {HTMLElement | null} */ (form.querySelector(`#${CSS.escape(name)}`))
    : null;
}

/**
 * @param {HTMLElement} form
 * @param {Problem} problem
 */
function markFields(form, problem) {
  for (const place of form.querySelectorAll(".field-error")) {
    const name = place.id.replace(/-error$/, "");
    const own = problem.errors.filter((error) => fieldOf(error) === name);
    if (own.length === 0) continue;
    controlOf(form, name)?.setAttribute("aria-invalid", "true");
    place.replaceChildren(
      el("span", { class: "unseen" }, `${t("ui.error_prefix")} `),
      own.map((error) => error.message).join(" "),
    );
  }
}
