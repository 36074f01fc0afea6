// @ts-check
// A list's progress. The page may be left: the work continues, and this shows how far it is.

import { pieces, t } from "../../texts.js";
import { get, post } from "../parts/api.js";
import { whileBusy } from "../parts/busy.js";
import { confirmed } from "../parts/dialog.js";
import { el } from "../parts/dom.js";
import { exportLink } from "../parts/export.js";
import { time } from "../parts/format.js";
import { icon } from "../parts/icons.js";
import { fill, lines } from "../parts/loader.js";
import { notice, problemNotice } from "../parts/notice.js";
import { asProblem } from "../parts/problem.js";
import { address } from "../parts/router.js";
import { countsWords, openedTable } from "./lines.js";

/** @typedef {import("../types.js").Opened} Opened */
/** @typedef {import("../types.js").BatchWithLines} BatchWithLines */

const LOOK_AGAIN_MS = 4_000;
const UNDER_WAY = ["pending", "queued"];

/** @type {import("../types.js").About} */
export const about = { at: "batches/*", title: "ui.batch.one", near: "links" };
/** @type {import("../types.js").Shown} */
export const view = { open };

/** @param {Opened} opened */
function open({ place, route, signal }) {
  const id = encodeURIComponent(route.path[1] ?? "");
  const progress = el("div", { class: "stack" });
  const all = el("div", { class: "stack" });
  place.append(
    el("p", { class: "ways" }, el("a", { href: address(["batches"]) }, t("ui.batch.back"))),
    progress,
    all,
  );
  fill({
    place: all,
    signal,
    skeleton: () => [lines(8, "card")],
    load: () => get(`batches/${id}`, signal),
    show: (got) => {
      follow(got, progress, all, signal);
      return [el("section", { class: "card" }, openedTable(got.lines ?? []))];
    },
  });
}

/**
 * Shows the counts, and checks again while something is under way; reloads the lines only when the
 * counts have changed.
 * @param {BatchWithLines} got
 * @param {HTMLElement} progress
 * @param {HTMLElement} all
 * @param {AbortSignal} signal
 */
function follow(got, progress, all, signal) {
  const again = async () => {
    if (signal.aborted) return;
    if (document.hidden) {
      setTimeout(again, LOOK_AGAIN_MS);
      return;
    }
    try {
      const now = /** @type {BatchWithLines} */ (
        await get(`batches/${got.batch_id}?lines=0`, signal)
      );
      if (JSON.stringify(now.counts) === JSON.stringify(got.counts)) {
        setTimeout(again, LOOK_AGAIN_MS);
        return;
      }
      const whole = /** @type {BatchWithLines} */ (await get(`batches/${got.batch_id}`, signal));
      if (signal.aborted) return;
      all.replaceChildren(el("section", { class: "card" }, openedTable(whole.lines ?? [])));
      follow(whole, progress, all, signal);
    } catch (thrown) {
      if (signal.aborted) return;
      console.error(thrown);
      setTimeout(again, LOOK_AGAIN_MS); // what is shown stays correct until the next answer
    }
  };
  progress.replaceChildren(card(got, again));
  if (got.state === "working") setTimeout(again, LOOK_AGAIN_MS);
}

/**
 * @param {BatchWithLines} got
 * @param {() => void} again
 */
function card(got, again) {
  const left = UNDER_WAY.reduce((sum, name) => sum + (got.counts[name] ?? 0), 0);
  const done = got.to_send - left;
  const place = el("div");
  const words = t(left ? "ui.batch.progress" : "ui.batch.done", { done, count: got.to_send });
  return el(
    "section",
    { class: "card", "aria-labelledby": "how-far" },
    el("h2", { id: "how-far" }, words),
    el("progress", { max: String(got.to_send || 1), value: done, "aria-labelledby": "how-far" }),
    el("p", { role: "status" }, countsWords(got.counts)),
    left > 0 && el("p", { class: "quiet" }, t("ui.batch.goes_on")),
    el("p", { class: "quiet" }, ...pieces("ui.batch.opened", { time: time(got.created_at) })),
    place,
    el(
      "div",
      { class: "actions spaced" },
      resultLink(got, place),
      got.cancellable && cancelButton(got, place, again),
    ),
  );
}

/**
 * @param {BatchWithLines} got
 * @param {HTMLElement} place
 */
function resultLink(got, place) {
  const link = exportLink(`batches/${got.batch_id}/result.csv`, "helpr-batch.csv", place);
  link.replaceChildren(icon("download"), t("ui.batch.result"));
  return link;
}

/**
 * @param {BatchWithLines} got
 * @param {HTMLElement} place
 * @param {() => void} again
 */
function cancelButton(got, place, again) {
  const button = el("button", { type: "button", class: "plain" }, t("ui.batch.cancel"));
  button.addEventListener("click", async () => {
    const sure = await confirmed(
      t("ui.batch.cancel_title"),
      t("ui.batch.cancel_detail"),
      t("ui.batch.cancel"),
    );
    if (!sure) return;
    whileBusy(button, t("ui.batch.cancelling"), async () => {
      try {
        const { cancelled } = await post(`batches/${got.batch_id}/cancel`);
        place.replaceChildren(notice("good", t("ui.batch.cancelled", { count: cancelled })));
        again();
      } catch (thrown) {
        place.replaceChildren(problemNotice(asProblem(thrown)));
      }
    });
  });
  return button;
}
