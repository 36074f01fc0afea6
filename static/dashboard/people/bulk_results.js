// @ts-check
// What an action on several people would do, and the result for each.

import { t } from "../../texts.js";
import { el } from "../parts/dom.js";
import { exactDay } from "../parts/format.js";
import { icon } from "../parts/icons.js";
import { notice } from "../parts/notice.js";
import { wordsOf } from "./bulk_actions.js";
import { follow } from "./progress.js";
import { librariesOf, nameOf } from "./words.js";

/** @typedef {import("../types.js").Person} Person */
/** @typedef {import("../types.js").PlexShare} PlexShare */
/** @typedef {import("../types.js").BulkResult} BulkResult */
/** @typedef {{ action: string, server_id?: string, until?: string | null, extend_days?: number,
 *   libraries?: number[], library?: number, exempt?: boolean, person_ids: string[] }} Order */

const DAY_MS = 86_400_000;

/**
 * @param {Order} order
 * @param {Person[]} people
 * @param {BulkResult[]} would
 * @param {HTMLElement} button
 */
export function preview(order, people, would, button) {
  const able = would.filter((one) => one.ok).length;
  const words = t("ui.bulk.would", { count: able, total: would.length });
  const list = eachOf(people, would, (person) => change(order, person));
  return [
    el("h3", { tabindex: "-1" }, words),
    list,
    able > 0 && el("div", { class: "actions" }, button),
  ].filter((one) => one !== false);
}

/**
 * @param {Order} order
 * @param {Person[]} people
 * @param {BulkResult[]} done
 * @param {HTMLElement} said
 * @param {() => Promise<unknown>} again
 */
export function results(order, people, done, said, again) {
  const words = wordsOf(order.action);
  const able = done.filter((one) => one.ok).length;
  const tone = able === done.length ? "good" : able > 0 ? "wait" : "bad";
  const running = done.flatMap((one) => one.operation_id ?? []);
  const progress = el("p", { role: "status" });
  const close = el("button", { type: "button", class: "plain" }, t("ui.close"));
  close.addEventListener("click", () => said.replaceChildren());
  const made = notice(
    tone,
    t(`ui.bulk_done.${words}`, { count: able, total: done.length }),
    running.length > 0 && progress,
    el(
      "details",
      { open: tone !== "good" },
      el("summary", {}, t("ui.bulk.each")),
      eachOf(people, done, () => t(running.length > 0 ? "ui.bulk.ordered" : "ui.bulk.done")),
    ),
    close,
  );
  if (running.length > 0) follow(running, progress, () => made.isConnected, again);
  return made;
}

/**
 * A line for each person, starting with refusals.
 * @param {Person[]} people
 * @param {BulkResult[]} outcomes
 * @param {(person: Person) => string} well what is said where nothing is refused
 */
function eachOf(people, outcomes, well) {
  const known = new Map(people.map((person) => [person.person_id, person]));
  const ordered = [...outcomes].sort((one, other) => Number(one.ok) - Number(other.ok));
  const lines = ordered.map((outcome) => {
    const person = known.get(outcome.person_id);
    const name = person ? nameOf(person) : t("ui.person.nameless");
    const words = outcome.ok ? person && well(person) : outcome.message || t("ui.bulk.unknown");
    return el(
      "li",
      { class: outcome.ok ? "good" : "bad" },
      icon(outcome.ok ? "good" : "bad"),
      el("p", {}, el("strong", {}, name), words && `: ${words}`),
    );
  });
  return el("ul", { class: "each" }, ...lines);
}

/** The values before and after. @param {Order} order @param {Person} person */
function change(order, person) {
  const share = person.shares.find((one) => one.server_id === order.server_id) ?? person.shares[0];
  if (!share) return "";
  const before = share.access_until ? exactDay(share.access_until) : t("ui.person.no_end");
  if (order.action === "extend") {
    const start = Math.max(Date.parse(share.access_until ?? "") || 0, Date.now());
    const days = order.extend_days ?? 0;
    const after = new Date(start + days * DAY_MS).toISOString();
    return t("ui.bulk.from_to", { before, after: exactDay(after) });
  }
  if (order.action === "set_until") {
    const after = order.until ? exactDay(order.until) : t("ui.person.no_end");
    return t("ui.bulk.from_to", { before, after });
  }
  const aboutLibraries = wordsOf(order.action) === "set_libraries";
  if (aboutLibraries && share.state === "pending") return t("ui.person.pending_change");
  if (aboutLibraries) return t("ui.bulk.had", { libraries: librariesOf(share) });
  if (order.action === "remove" && share.state === "pending") return t("ui.bulk.takes_back");
  return "";
}
