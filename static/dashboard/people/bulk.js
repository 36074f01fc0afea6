// @ts-check
// One action for everybody selected: chosen, previewed, carried out, and reported per person.

import { t } from "../../texts.js";
import { post } from "../parts/api.js";
import { whileBusy } from "../parts/busy.js";
import { el } from "../parts/dom.js";
import { attempt, formOf } from "../parts/forms.js";
import { tell } from "../parts/notice.js";
import { ACTIONS, given, inputsFor, wordsOf } from "./bulk_actions.js";
import { preview, results } from "./bulk_results.js";
import { chooseNobody, chosenPeople, MOST, onChoice } from "./selection.js";
import { serversOf } from "./words.js";

/** @typedef {import("../types.js").Person} Person */
/** @typedef {import("./bulk_results.js").Order} Order */

/**
 * The bar at the foot of the list while somebody is selected.
 * @param {AbortSignal} signal
 * @param {HTMLElement} said where the result is shown
 * @param {() => Promise<unknown>} again
 */
export function bulkBar(signal, said, again) {
  const words = el("span", { role: "status" });
  const options = Object.keys(ACTIONS).map((value) =>
    el("option", { value }, t(`ui.bulk.${value}`)),
  );
  const action = el("select", { id: "bulk-action", "aria-label": t("ui.bulk.action") }, ...options);
  const next = el("button", { type: "submit" }, t("ui.bulk.next"));
  const nobody = el("button", { type: "button", class: "link" }, t("ui.bulk.nobody"));
  const count = el("p", { class: "bulk-count" }, words, " ", nobody);
  const bar = el("form", { class: "bulk", novalidate: true }, count, action, next);
  const changed = () => {
    const number = chosenPeople().length;
    bar.hidden = number === 0;
    words.textContent = t(number >= MOST ? "ui.bulk.most" : "ui.bulk.count", { count: number });
  };
  nobody.addEventListener("click", chooseNobody);
  bar.addEventListener("submit", (event) => {
    event.preventDefault();
    const panel = ask(action.value, chosenPeople(), said, again);
    said.replaceChildren(panel);
    panel.querySelector("h2")?.focus();
  });
  onChoice(changed, signal);
  changed();
  return bar;
}

/**
 * The form for one action: what it needs, then what will happen, then the button that does it.
 * @param {string} action
 * @param {Person[]} people
 * @param {HTMLElement} said
 * @param {() => Promise<unknown>} again
 */
function ask(action, people, said, again) {
  const place = el("div");
  const shown = el("div");
  const leave = el("button", { type: "button", class: "plain" }, t("ui.cancel"));
  const form = formOf({
    place,
    fields: [place, ...inputsFor(action, serversOf(people))],
    button: el("button", { type: "submit" }, t("ui.bulk.look")),
    beside: leave,
    busy: t("ui.bulk.looking"),
    send: async () => {
      const order = { ...given(action, form), person_ids: people.map((one) => one.person_id) };
      const would = await post("people/bulk", { ...order, dry_run: true });
      const button = doIt(order, people, { place, form, said, again });
      shown.replaceChildren(...preview(order, people, would.results, button));
      /** @type {HTMLElement | null} */ (shown.querySelector("h3"))?.focus();
    },
  });
  const words = wordsOf(action);
  const title = t(`ui.bulk_title.${words}`, { count: people.length });
  const panel = el(
    "section",
    { class: "card bulk-panel", "aria-label": title },
    el("h2", { tabindex: "-1" }, title),
    form,
    shown,
  );
  leave.addEventListener("click", () => said.replaceChildren());
  form.addEventListener("input", () => shown.replaceChildren());
  return panel;
}

/**
 * @param {Order} order
 * @param {Person[]} people
 * @param {{ place: HTMLElement, form: HTMLElement, said: HTMLElement,
 *   again: () => Promise<unknown> }} around
 */
function doIt(order, people, { place, form, said, again }) {
  const words = wordsOf(order.action);
  const danger = order.action === "remove" ? "danger" : "";
  const button = el(
    "button",
    { type: "button", class: danger },
    t(`ui.bulk_do.${words}`, { count: people.length }),
  );
  button.addEventListener("click", () =>
    whileBusy(button, t("ui.bulk.doing"), () =>
      attempt(place, form, async () => {
        const done = await post("people/bulk", order);
        chooseNobody();
        await again();
        tell(said, results(order, people, done.results, said, again));
      }),
    ),
  );
  return button;
}
