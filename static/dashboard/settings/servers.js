// @ts-check
// Which of the owner's servers Helpr manages. Whoever has one server sees nothing of this.

import { pieces, t } from "../../texts.js";
import { call, get } from "../parts/api.js";
import { whileBusy } from "../parts/busy.js";
import { el } from "../parts/dom.js";
import { formOf } from "../parts/forms.js";
import { notice, problemNotice, tell } from "../parts/notice.js";
import { asProblem } from "../parts/problem.js";

/** @typedef {import("../types.js").OwnedServer} OwnedServer */

/**
 * Stands empty until plex.tv has named more than one server, or cannot be asked.
 * @param {AbortSignal} signal
 */
export function serversCard(signal) {
  const place = el("div");
  read(place, signal);
  return place;
}

/**
 * @param {HTMLElement} place
 * @param {AbortSignal} signal
 */
async function read(place, signal) {
  try {
    const { servers } = await get("servers", signal);
    place.replaceChildren(...(servers.length > 1 ? [serversForm(servers)] : []));
  } catch (thrown) {
    if (!signal.aborted) place.replaceChildren(unreadCard(thrown, () => read(place, signal)));
  }
}

/**
 * @param {unknown} thrown
 * @param {() => Promise<void>} again
 */
function unreadCard(thrown, again) {
  const button = el("button", { type: "button", class: "plain" }, t("ui.try_again"));
  button.addEventListener("click", () => whileBusy(button, t("ui.asking_plex"), again));
  return el(
    "section",
    { class: "card settings" },
    el("h2", {}, t("ui.servers.title")),
    problemNotice(asProblem(thrown), el("p", {}, t("ui.servers.unread")), button),
  );
}

/** @param {OwnedServer[]} servers the default one first */
function serversForm(servers) {
  const place = el("div");
  const fields = [
    el("h2", {}, t("ui.servers.title")),
    place,
    el("p", { class: "quiet" }, t("ui.servers.lead")),
    el(
      "fieldset",
      { id: "managed", tabindex: "-1", "aria-describedby": "managed-error" },
      el("legend", {}, t("ui.servers.legend")),
      el("p", { class: "field-error", id: "managed-error" }),
      el("ul", { class: "ticks" }, ...servers.map(tick)),
    ),
  ];
  return formOf({
    attributes: { class: "card settings" },
    place,
    fields,
    button: el("button", { type: "submit" }, t("ui.save")),
    busy: t("ui.saving"),
    send: (form) => save(form, place),
  });
}

/** @param {OwnedServer} server */
function tick({ server_id: value, name, managed, default: isDefault }) {
  const id = `managed-${value}`;
  const box = { type: "checkbox", id, name: "managed", value, checked: managed };
  const words = el(
    "span",
    {},
    name,
    isDefault && el("span", { class: "kind" }, ` ${t("ui.servers.default")}`),
  );
  return el(
    "li",
    {},
    el("input", { ...box, disabled: isDefault }),
    el("label", { for: id }, words),
  );
}

/**
 * @param {HTMLFormElement} form
 * @param {HTMLElement} place
 */
async function save(form, place) {
  const boxes = [
    .../** @type {NodeListOf<HTMLInputElement>} */ (form.querySelectorAll("fieldset input")),
  ];
  const managed = boxes.filter((box) => box.checked).map((box) => box.value);
  await call("PUT", "servers", { body: { managed } });
  const libraries = el("a", { href: "#/libraries" }, t("ui.libraries.title"));
  const next = el("p", {}, ...pieces("ui.servers.next", { libraries }));
  tell(place, notice("good", t("ui.servers.saved"), next));
}
