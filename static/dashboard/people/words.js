// @ts-check
// The page's words for the codes about people.

import { has, t } from "../../texts.js";
import { listed } from "../parts/format.js";
import { plain } from "../parts/words.js";

/** @typedef {import("../types.js").Person} Person */
/** @typedef {import("../types.js").PlexShare} PlexShare */
/** @typedef {import("../parts/words.js").Word} Word */

/** @type {Record<string, Word>} */
const STATES = {
  active: { label: t("ui.share.active"), icon: "accepted", tone: "good" },
  pending: { label: t("ui.share.pending"), icon: "wait", tone: "wait" },
  removing: { label: t("ui.share.removing"), icon: "wait", tone: "wait" },
  unknown: { label: t("ui.share.unknown"), icon: "hand", tone: "wait" },
  gone: { label: t("ui.share.gone"), icon: "denied", tone: "still" },
};

/** @type {Record<string, Word>} */
const OPERATION_STATES = {
  queued: { label: t("ui.operation.queued"), icon: "wait", tone: "wait" },
  working: { label: t("ui.operation.working"), icon: "wait", tone: "wait" },
  done: { label: t("ui.operation.done"), icon: "good", tone: "good" },
  failed: { label: t("ui.operation.failed"), icon: "bad", tone: "bad" },
  cancelled: { label: t("ui.operation.cancelled"), icon: "denied", tone: "still" },
};

/** @param {string} state @returns {Word} */
export function shareState(state) {
  return STATES[state] ?? { label: plain(state), icon: "dot", tone: "still" };
}

/** @param {string} state @returns {Word} */
export function operationState(state) {
  return OPERATION_STATES[state] ?? { label: plain(state), icon: "dot", tone: "still" };
}

/** @param {string} kind */
export function operationKind(kind) {
  const code = `ui.operation_kind.${kind}`;
  return has(code) ? t(code) : plain(kind);
}

/** @param {{ title: string, username: string, email: string }} person */
export function nameOf({ title, username, email }) {
  return title || username || email || t("ui.person.nameless");
}

/** Name and address, if they say more than the name does. @param {Person} person */
export function otherNames(person) {
  const name = nameOf(person);
  return [person.username, person.email].filter((one) => one && one !== name);
}

/** @param {PlexShare} share */
export function librariesOf(share) {
  if (share.all_libraries) return t("ui.person.all_libraries");
  return share.libraries.length > 0
    ? listed(share.libraries.map((library) => library.title))
    : t("ui.none");
}

/** Whether any share of these people is on another server than the others. @param {Person[]} people */
export function serversOf(people) {
  /** @type {Map<string, string>} */
  const servers = new Map();
  for (const share of people.flatMap((person) => person.shares))
    servers.set(share.server_id, share.server_name);
  return servers;
}
