// @ts-check
// Makes the form smoother. Everything works without it, by a plain POST; and where something in
// here fails, the browser sends the form as if this had never been loaded.

import { LANGUAGE, t } from "../texts.js";
import { inOwnTime } from "./own_time.js";
import { offerSignIn } from "./sign_in.js";

// Plex itself may take long to answer; nobody waits longer than this.
const PATIENCE_MS = 60_000;
const PROBE_MS = 5_000;
/** A wait long enough to show a time of day. */
const LONG_SECONDS = 120;
const E_MAIL = /\b(e-mails?)\b(?!@)/i;

/**
 * @typedef {{ field: string, message: string }} FieldError
 * @typedef {{ status?: number | string, code?: string, title?: string, detail?: string, reference?: string,
 *   instance?: string, suggestion?: string, errors?: FieldError[] }} Problem
 */

/** Which field a problem without `errors` is about. @type {Record<string, string>} */
const FIELD_OF = { invite_code_invalid: "invite_code", plex_refused: "email_or_username" };

inOwnTime(document);

const form = /** @type {HTMLFormElement} */ (document.getElementById("invite"));
/** None if only friends who sign in with Plex are admitted. */
const button = /** @type {HTMLButtonElement | null} */ (document.getElementById("send"));
const errorsPlace = /** @type {HTMLElement} */ (document.getElementById("errors"));
const suggested = /** @type {HTMLElement} */ (document.getElementById("suggested"));
const confirmed = /** @type {HTMLInputElement} */ (document.getElementById("confirmed"));
const whom = /** @type {HTMLInputElement} */ (document.getElementById("email_or_username"));
const announcer = /** @type {HTMLElement} */ (document.getElementById("announce"));
const inputs = [...form.querySelectorAll("input")];
const fields = inputs.filter((input) => input.type !== "hidden");
const buttonWords = button?.textContent ?? "";
const errorPrefix = `${t("form_script.error_prefix")} `;
const plainTitle = document.title.startsWith(errorPrefix)
  ? document.title.slice(errorPrefix.length)
  : document.title;

let busy = false;
/** What was confirmed when the form was sent: an unseen question is not answered. */
let confirmedAsSent = confirmed.value;

/** @param {boolean} now */
function setBusy(now) {
  busy = now;
  // aria-disabled, not disabled: a disabled button would lose the keyboard's focus.
  button?.setAttribute("aria-disabled", String(now));
  if (button) button.textContent = now ? t("form_script.busy") : buttonWords;
  announcer.textContent = now ? t("form_script.busy") : "";
}

/**
 * @param {string} tag
 * @param {string} text
 * @param {string} [className]
 */
function element(tag, text, className = "") {
  const made = document.createElement(tag);
  made.append(...whole(text));
  if (className) made.className = className;
  return made;
}

/** The text, in which "e-mail" breaks nowhere, as on the page (web/pages.py). @param {string} text */
function whole(text) {
  return text.split(E_MAIL).map((part, at) => {
    if (at % 2 === 0) return part;
    const word = document.createElement("span");
    word.className = "whole";
    word.textContent = part;
    return word;
  });
}

/** @param {FieldError} error */
function summaryLine(error) {
  const line = element("li", "");
  const isField = fields.some((input) => input.id === error.field);
  const words = element(isField ? "a" : "span", error.message);
  if (isField) words.setAttribute("href", `#${error.field}`);
  line.append(words);
  return line;
}

/**
 * The same as templates/errors.html makes.
 * @param {FieldError[]} errors
 */
function showSummary(errors) {
  const alert = element("div", "");
  alert.setAttribute("role", "alert");
  const list = element("ul", "");
  list.append(...errors.map(summaryLine));
  alert.append(element("h2", t("form_script.refused")), list);
  const summary = element("div", "", "summary");
  summary.tabIndex = -1;
  summary.append(alert);
  errorsPlace.replaceChildren(summary);
  summary.focus();
}

/** @param {FieldError[]} errors */
function markFields(errors) {
  for (const input of fields) {
    const own = errors.filter((error) => error.field === input.id);
    const place = document.getElementById(`${input.id}-error`);
    if (own.length > 0) {
      input.setAttribute("aria-invalid", "true");
      input.closest("details")?.setAttribute("open", "");
      place?.replaceChildren(
        element("span", errorPrefix, "unseen"),
        ...whole(own.map((error) => error.message).join(" ")),
      );
    } else {
      input.removeAttribute("aria-invalid");
      place?.replaceChildren();
    }
  }
}

/** A single error is shown only at its field. @param {FieldError[]} errors */
function show(errors) {
  setBusy(false);
  markFields(errors);
  document.title = errorPrefix + plainTitle;
  const field = fields.find((input) => input.id === errors[0]?.field);
  if (errors.length > 1 || !field) {
    showSummary(errors);
    return;
  }
  errorsPlace.replaceChildren();
  field.focus();
}

/**
 * Offers what was probably meant; sent again, what was typed counts as right.
 * @param {string | undefined} suggestion
 */
function suggest(suggestion) {
  confirmed.value = suggestion ? whom.value : "";
  suggested.replaceChildren();
  if (!suggestion) return;
  const use = /** @type {HTMLButtonElement} */ (
    element("button", t("form_script.use_suggestion", { suggestion }), "plain")
  );
  use.name = "suggestion";
  use.value = suggestion;
  suggested.append(use);
}

/**
 * @param {Problem} problem
 * @param {number} seconds until it is worth trying again, where that is known
 * @returns {FieldError[]}
 */
function errorsOf(problem, seconds) {
  if (problem.errors && problem.errors.length > 0) return problem.errors;
  const isOurs = Number(problem.status ?? 0) >= 500 && problem.reference;
  const said = problem.detail || problem.title || t("form_script.broken");
  const message = isOurs
    ? `${said} ${t("form_script.reference", { reference: problem.reference ?? "" })}`
    : said;
  const until =
    problem.code === "rate_limited" && seconds >= LONG_SECONDS ? untilWhen(seconds) : "";
  return [{ field: FIELD_OF[problem.code ?? ""] ?? "", message: `${message} ${until}`.trim() }];
}

/** By the friend's own clock. @param {number} seconds */
function untilWhen(seconds) {
  const at = new Date(Date.now() + seconds * 1000);
  const time = at.toLocaleTimeString(LANGUAGE, { hour: "2-digit", minute: "2-digit" });
  return t("form_script.until", { time });
}

/**
 * The address of a result page, if this is one.
 * @param {string | null | undefined} location
 */
function resultPage(location) {
  if (!location) return null;
  const address = new URL(location, window.location.origin);
  const ours = address.origin === window.location.origin;
  return ours && address.pathname.startsWith("/invited/") ? address.href : null;
}

/** Another browser opened this person's request: this browser gets no page for it. */
function showReceived() {
  const template = /** @type {HTMLTemplateElement} */ (document.getElementById("received"));
  const page = /** @type {DocumentFragment} */ (template.content.cloneNode(true));
  const heading = element("h1", template.dataset.heading ?? "");
  heading.tabIndex = -1;
  page.querySelector(".lead")?.before(heading);
  const main = /** @type {HTMLElement} */ (document.getElementById("main"));
  main.className = `ticket ${template.dataset.tone}`;
  main.replaceChildren(page);
  document.title = template.dataset.title ?? "";
  announcer.textContent = "";
  heading.focus();
}

/** @param {Response} response */
async function settle(response) {
  const taken = response.ok ? resultPage(response.headers.get("Location")) : null;
  const problem = /** @type {Problem} */ (taken ? {} : await response.json().catch(() => ({})));
  // 409: Plex lists this person already, or is full. Nothing to correct here: the page helps.
  const page = taken ?? (response.status === 409 ? resultPage(problem.instance) : null);
  if (page) {
    window.location.assign(page);
    return;
  }
  if (response.ok && problem.status === "received") {
    showReceived();
    return;
  }
  suggest(problem.suggestion);
  show(errorsOf(problem, Number(response.headers.get("Retry-After"))));
}

function send() {
  const late = new AbortController();
  setTimeout(() => late.abort(), PATIENCE_MS); // no effect on an answer that is already complete
  return fetch(form.action, {
    method: "POST",
    headers: { "Content-Type": "application/json", Accept: "application/json" },
    body: JSON.stringify(Object.fromEntries(inputs.map((input) => [input.name, input.value]))),
    signal: late.signal,
  });
}

/** The pending answer, or undefined if this browser cannot request one. */
function asked() {
  try {
    setBusy(true);
    return Promise.resolve(send());
  } catch {
    setBusy(false);
    return undefined;
  }
}

/** With an image, because fetch is what failed. @returns {Promise<boolean>} */
function isServerThere() {
  return new Promise((resolve) => {
    if (!navigator.onLine) return resolve(false);
    const image = new Image();
    image.addEventListener("load", () => resolve(true));
    image.addEventListener("error", () => resolve(false));
    setTimeout(resolve, PROBE_MS, false);
    image.src = `/static/icon.svg?at=${Date.now()}`;
  });
}

/**
 * @param {unknown} thrown
 * @param {() => void} plainly
 */
async function fail(thrown, plainly = sendPlainly) {
  if (thrown instanceof DOMException && thrown.name === "AbortError") {
    show([{ field: "", message: t("form_script.late") }]);
  } else if (await isServerThere()) {
    plainly();
  } else {
    show([{ field: "", message: t("form_script.offline") }]);
  }
}

/** As without this script. The server answers a repeated request with its outcome. */
function sendPlainly() {
  confirmed.value = confirmedAsSent;
  form.submit();
  setBusy(false); // that may be stopped by hand, or fail
}

form.addEventListener("submit", (event) => {
  if (busy) return event.preventDefault();
  const pressed = /** @type {HTMLButtonElement | null} */ (event.submitter);
  if (pressed?.hasAttribute("formaction")) return; // not this form's own submission
  if (pressed?.name === "suggestion") whom.value = pressed.value;
  confirmedAsSent = confirmed.value;
  const answer = asked();
  if (!answer) return; // the browser then sends the form itself
  event.preventDefault();
  answer
    .then(settle)
    .catch((thrown) => fail(thrown))
    .catch(sendPlainly);
});

// The browser's Back may bring this very page back as it was left: busy.
window.addEventListener("pageshow", () => setBusy(false));

offerSignIn(form, ({ problem, seconds }) => show(errorsOf(problem, seconds)), fail);

// Where one field is wrong, `autofocus` leads to it; on the summary not every browser knows it.
if (!("autofocus" in HTMLElement.prototype)) {
  /** @type {HTMLElement | null} */ (errorsPlace.querySelector(".summary"))?.focus();
}
