// @ts-check
// The options of each action on several people, and how the form is read.

import { t } from "../../texts.js";
import { endOfDay } from "../parts/days.js";
import { el } from "../parts/dom.js";
import { field, select, textInput } from "../parts/forms.js";
import { librariesOf } from "../parts/libraries.js";
import { fill, lines } from "../parts/loader.js";
import { libraryTicks, ticked } from "../parts/ticks.js";

/** @typedef {import("../types.js").ListedLibrary} ListedLibrary */
/** @typedef {{ id: () => string, onChange: (act: () => void) => void }} Server the one it is about */

const oneLibrary = {
  words: "set_libraries",
  inputs: (/** @type {Server} */ server) => [libraryField(server)],
  read: (/** @type {HTMLFormElement} */ form) => ({ library: Number(entered(form, "library")) }),
};

/**
 * `words` is the action whose words it shares, where it has none of its own.
 * @type {Record<string, { words?: string, inputs: (server: Server) => Node[], read: (form: HTMLFormElement) => object }>}
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
    inputs: (server) => [libraryChoice(server)],
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
  const [only = ""] = servers.keys();
  const made = select("server_id", only, servers);
  const inputs = ACTIONS[action]?.inputs({
    id: () => made.value,
    onChange: (act) => made.addEventListener("change", act),
  });
  const isAsked = servers.size > 1 && action !== "set_exempt";
  const asked = isAsked ? [field({ label: t("page.server"), control: made })] : [];
  return [...asked, ...(inputs ?? [])];
}

/** The action whose words are said of this one. @param {string} action */
export function wordsOf(action) {
  return ACTIONS[action]?.words ?? action;
}

/** The order as the API expects it. @param {string} action @param {HTMLFormElement} form */
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
  const control = select("exempt", "yes", [
    ["yes", t("ui.bulk.exempt_yes")],
    ["no", t("ui.bulk.exempt_no")],
  ]);
  return field({ label: t("ui.person.exempt"), hint: t("ui.person.exempt_hint"), control });
}

/** @param {Server} server */
function libraryChoice(server) {
  return withLibraries(server, (libraries) =>
    libraryTicks(libraries, t("ui.person.libraries_choose"), "libraries"),
  );
}

/** @param {Server} server */
function libraryField(server) {
  return withLibraries(server, (libraries) => {
    const offered = libraries.filter((one) => !one.gone);
    const choices = offered.map(({ id, title }) => [String(id), title]);
    return field({ label: t("ui.bulk.library"), control: select("library", "", choices) });
  });
}

/**
 * Those of the server, whichever is chosen.
 * @param {Server} server
 * @param {(libraries: ListedLibrary[]) => Node} made
 */
function withLibraries(server, made) {
  const place = el("div");
  let latest = new AbortController();
  const read = () => {
    latest.abort(); // what was asked of another server comes too late
    latest = new AbortController();
    fill({
      place,
      signal: latest.signal,
      skeleton: () => [lines(3)],
      load: () => librariesOf(server.id()),
      show: (libraries) => [made(libraries)],
    });
  };
  server.onChange(read);
  read();
  return place;
}
