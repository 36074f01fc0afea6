// @ts-check
// A person's history: requests, invitations, actions and their results.

import { has, t } from "../../texts.js";
import { titledCard } from "../parts/card.js";
import { el } from "../parts/dom.js";
import { sentence } from "../parts/events.js";
import { momentList } from "../parts/moments.js";
import { address } from "../parts/router.js";
import { standing } from "../parts/status.js";
import { named } from "../parts/words.js";
import { operationKind, operationState } from "../people/words.js";

/** @typedef {import("../types.js").PersonStory} PersonStory */
/** @typedef {import("../types.js").PlexShare} PlexShare */
/** @typedef {import("../parts/moments.js").Moment} Moment */

/** @param {PersonStory} person */
export function story(person) {
  const moments = [
    ...person.shares.flatMap(ofShare),
    ...person.requests.map(ofRequest),
    ...person.operations.filter((one) => one.state !== "queued").map(ofOperation),
    ...person.events.map(
      (event) =>
        /** @type {Moment} */ ({
          at: event.at,
          words: sentence(event),
          icon: "dot",
          tone: "still",
        }),
    ),
  ];
  return titledCard(
    t("ui.request.history"),
    moments.length > 0 ? momentList(moments) : el("p", { class: "quiet" }, t("ui.person.no_story")),
  );
}

/** @param {PlexShare} share @returns {Moment[]} */
function ofShare(share) {
  const reason = `ui.gone.${share.gone_reason}`;
  const ended = has(reason) ? t(reason) : t("ui.share.gone");
  /** @type {[string | null, string, string, string][]} */
  const all = [
    [share.invited_at, t("ui.share.pending"), "wait", "wait"],
    [share.accepted_at, t("ui.status.accepted"), "accepted", "good"],
    [share.gone_at, ended, "denied", "still"],
  ];
  return all.flatMap(([at, words, icon, tone]) => (at ? [{ at, words, icon, tone }] : []));
}

/** @param {PersonStory["requests"][number]} row @returns {Moment} */
function ofRequest(row) {
  const { label, icon, tone } = standing(row);
  const asked = t("ui.moment.asked", { source: named("ui.source", row.source) });
  const href = address(["requests", row.request_id]);
  return { at: row.timestamp, words: `${asked}: ${label}`, icon, tone, href };
}

/** @param {PersonStory["operations"][number]} operation @returns {Moment} */
function ofOperation(operation) {
  const { label, icon, tone } = operationState(operation.state);
  const words = `${operationKind(operation.kind)}: ${label}`;
  return { at: operation.updated_at, words, icon, tone };
}
