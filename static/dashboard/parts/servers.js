// @ts-check
// The owner's servers, where Helpr manages several: with one, no page has a word of it.

import { t } from "../../texts.js";
import { get } from "./api.js";
import { el } from "./dom.js";
import { field, select } from "./forms.js";
import { asProblem } from "./problem.js";

/** @typedef {import("../types.js").Libraries} Libraries */

/**
 * Which server something is about; nothing while there is only one.
 * @param {Libraries} got
 * @param {(server: string) => void} onChoice
 */
export function serverChoice({ servers, server_id: now }, onChoice) {
  if (!servers) return null;
  const choices = servers.map(({ server_id: id, name }) => [id, name]);
  const control = select("server_id", now ?? "", choices);
  control.addEventListener("change", () => onChoice(control.value));
  const made = field({ label: t("page.server"), control });
  made.classList.add("server");
  return made;
}

/**
 * The same for a form that is there before it is known which servers there are. While none are
 * known, nothing is chosen, which means the default server.
 * @param {() => void} onChoice
 * @param {AbortSignal} signal
 */
export function serversToChoose(onChoice, signal) {
  const place = el("div", { hidden: true });
  get("libraries", signal)
    .then((/** @type {Libraries} */ got) => {
      const choice = serverChoice(got, onChoice);
      place.hidden = !choice;
      if (choice) place.append(choice);
    })
    .catch((thrown) => {
      if (!signal.aborted) asProblem(thrown); // logs what no answer explains
    });
  return { place, chosen: () => place.querySelector("select")?.value };
}
