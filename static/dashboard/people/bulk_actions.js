// @ts-check
// The options of each action on several people, and how the form is read.

import { t } from "../../texts.js";
import { get } from "../parts/api.js";
import { el } from "../parts/dom.js";
import { field, textInput } from "../parts/forms.js";
import { fill, lines } from "../parts/loader.js";
import { libraryTicks, ticked } from "../parts/ticks.js";
import { endOfDay } from "./days.js";

/** @typedef {import("../types.js").ListedLibrary} ListedLibrary */

const oneLibrary = {
  words: "set_libraries",
  inputs: () => [libraryField()],
  read: (/** @type {HTMLFormElement} */ form) => ({ library: Number(entered(form, "library")) }),
};

/**
 * `words` is the action whose words it shares, where it has none of its own.
 * @type {Record<string, { words?: string, inputs: () => Node[], read: (form: HTMLFormElement) => object }>}
 */
export const ACTIONS = {
  extend: {
    inputs: () => [daysField()],
    read: (form) => ({ extend_days: Number(entered(form, "extend_days")) }),
  },
  set_until: {
    inputs: () => [untilField()],
    read: (form) => ({ until: endOfDay(entered(form, "until")) }),
  },
  set_libraries: {
    inputs: () => [libraryChoice()],
    read: (form) => ({ libraries: ticked(form) }),
  },
  take_library: oneLibrary,
  give_library: oneLibrary,
  set_exempt: {
    inputs: () => [exemptField()],
    read: (form) => ({ exempt: entered(form, "exempt") === "yes" }),
  },
  remove: {
    inputs: () => [el("p", {}, t("ui.person.remove_detail"))],
    read: () => ({}),
  },
};

/** @param {string} action @param {Map<string, string>} servers of those who are chosen */
export function inputsFor(action, servers) {
  const inputs = ACTIONS[action]?.inputs() ?? [];
  return servers.size > 1 && action !== "set_exempt" ? [serverField(servers), ...inputs] : inputs;
}

/** The action whose words are said of this one. @param {string} action */
export function wordsOf(action) {
  return ACTIONS[action]?.words ?? action;
}

/** The order as the API takes it. @param {string} action @param {HTMLFormElement} form */
export function given(action, form) {
  const server = entered(form, "server_id");
  return { action, ...(server && { server_id: server }), ...ACTIONS[action]?.read(form) };
}

/** @param {HTMLFormElement} form @param {string} name */
function entered(form, name) {
  return String(new FormData(form).get(name) ?? "").trim();
}

function daysField() {
  const control = textInput("extend_days", { inputmode: "numeric", value: "30", class: "digits" });
  return field({ label: t("ui.bulk.days"), hint: t("ui.bulk.days_hint"), control });
}

function untilField() {
  const control = textInput("until", { type: "date" });
  return field({ label: t("ui.person.until"), hint: t("ui.bulk.until_hint"), control });
}

function exemptField() {
  const options = [
    el("option", { value: "yes" }, t("ui.bulk.exempt_yes")),
    el("option", { value: "no" }, t("ui.bulk.exempt_no")),
  ];
  const control = el("select", { name: "exempt" }, ...options);
  return field({ label: t("ui.person.exempt"), hint: t("ui.person.exempt_hint"), control });
}

/** @param {Map<string, string>} servers */
function serverField(servers) {
  const options = [...servers].map(([value, name]) => el("option", { value }, name));
  const control = el("select", { name: "server_id" }, ...options);
  return field({ label: t("page.server"), control });
}

function libraryChoice() {
  return withLibraries((libraries) =>
    libraryTicks(libraries, t("ui.person.libraries_choose"), "libraries"),
  );
}

function libraryField() {
  return withLibraries((libraries) => {
    const options = libraries
      .filter((one) => !one.gone)
      .map(({ id, title }) => el("option", { value: String(id) }, title));
    const control = el("select", { name: "library" }, ...options);
    return field({ label: t("ui.bulk.library"), control });
  });
}

/** @param {(libraries: ListedLibrary[]) => Node} made */
function withLibraries(made) {
  const place = el("div");
  fill({
    place,
    signal: new AbortController().signal,
    skeleton: () => [lines(3)],
    load: () => get("libraries"),
    show: ({ libraries }) => [made(libraries)],
  });
  return place;
}
