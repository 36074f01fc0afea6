// @ts-check
// Which libraries a link gives; where several servers are looked after, of which of them.

import { t } from "../../texts.js";
import { el } from "../parts/dom.js";
import { field, select } from "../parts/forms.js";
import { librariesOf } from "../parts/libraries.js";
import { fill, lines } from "../parts/loader.js";
import { libraryTicks, ticked } from "../parts/ticks.js";

/** @typedef {import("../types.js").LinkFields} LinkFields */
/** @typedef {import("../types.js").ListedLibrary} ListedLibrary */
/** @typedef {import("./choices.js").Choices} Choices */

/**
 * @param {LinkFields} given
 * @param {Choices} choices
 * @returns {{ fields: Node[], typedIn: (form: HTMLFormElement) => object }}
 */
export function libraryChoice(given, { libraries, servers }) {
  let offered = libraries;
  const place = el("div", {}, ticks(libraries, given));
  const fields = [place, el("p", { class: "hint" }, t("ui.links.hint.libraries"))];
  if (servers.length < 2) {
    // Without its choice a link stays on its server.
    const stays = given.server_id ? { server_id: given.server_id } : {};
    return { fields, typedIn: (form) => ({ ...stays, libraries: chosenOf(form, offered) }) };
  }
  const [first] = servers;
  let latest = new AbortController();
  const server = select(
    "server_id",
    given.server_id || (first?.server_id ?? ""),
    servers.map(({ server_id: id, name }) => [id, name]),
  );
  server.addEventListener("change", () => {
    latest.abort(); // what was asked of another server comes too late
    latest = new AbortController();
    fill({
      place,
      signal: latest.signal,
      skeleton: () => [lines(3)],
      load: () => librariesOf(server.value, latest.signal),
      show: (got) => {
        offered = got;
        return [ticks(offered, {})];
      },
    });
  });
  const typedIn = (/** @type {HTMLFormElement} */ form) => ({
    server_id: server.value,
    libraries: chosenOf(form, offered),
  });
  return { fields: [field({ label: t("page.server"), control: server }), ...fields], typedIn };
}

/**
 * @param {ListedLibrary[]} libraries
 * @param {LinkFields} given
 */
function ticks(libraries, given) {
  const chosen = libraries.map((one) => ({
    ...one,
    shared: given.libraries ? given.libraries.includes(one.id) : one.shared,
  }));
  return libraryTicks(chosen, t("ui.links.field.libraries"), "libraries");
}

/**
 * Null where the ticks are those that are shared anyway: then later changes count, too.
 * @param {HTMLFormElement} form
 * @param {ListedLibrary[]} libraries
 */
function chosenOf(form, libraries) {
  const ids = ticked(form);
  const shared = libraries.filter((one) => one.shared && !one.gone).map((one) => one.id);
  const same = ids.length === shared.length && ids.every((id) => shared.includes(id));
  return same && shared.length > 0 ? null : ids;
}
