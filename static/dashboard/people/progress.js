// @ts-check
// Follows operations until Plex shows what was ordered: polls often at first, then more slowly.

import { t } from "../../texts.js";
import { get } from "../parts/api.js";

const FIRST_WAIT_MS = 2_000;
const LONGEST_WAIT_MS = 30_000;
const SLOWER = 1.5;
const MOST = 100;

/**
 * @param {string[]} ids
 * @param {HTMLElement} place says how far it is
 * @param {() => boolean} wanted whether somebody still looks
 * @param {() => unknown} done
 */
export async function follow(ids, place, wanted, done) {
  place.textContent = t("ui.progress.under_way", { count: 0, total: ids.length });
  await whileOpen(wanted, async () => {
    const states = await statesOf(ids);
    const open = states.filter((state) => state === "queued" || state === "working").length;
    const failed = states.filter((state) => state === "failed").length;
    const over = ids.length - open;
    place.textContent =
      open > 0
        ? t("ui.progress.under_way", { count: over, total: ids.length })
        : failed > 0
          ? t("ui.progress.failed", { count: failed })
          : t("ui.progress.done");
    if (open === 0) done();
    return open > 0;
  });
}

/** One call, however many there are: those that are no longer open are finished. @param {string[]}
 * ids */
async function statesOf(ids) {
  const { operations } = await get(`operations?limit=${MOST}&state=queued,working,failed`);
  /** @type {Map<string, string>} */
  const known = new Map(
    operations.map((/** @type {import("../types.js").Operation} */ one) => [
      one.operation_id,
      one.state,
    ]),
  );
  return ids.map((id) => known.get(id) ?? "done");
}

/**
 * Turns, each later than the one before, while `turn` wants another. A call that fails is made
 * again: the page may be off the network for a while.
 * @param {() => boolean} wanted
 * @param {() => Promise<boolean>} turn
 */
export async function whileOpen(wanted, turn) {
  let wait = 0;
  for (;;) {
    await new Promise((resolve) => setTimeout(resolve, wait));
    wait = Math.min(Math.max(wait * SLOWER, FIRST_WAIT_MS), LONGEST_WAIT_MS);
    if (!wanted()) return;
    if (document.hidden) continue;
    try {
      if (!(await turn())) return;
    } catch (thrown) {
      if (!wanted()) return; // a call ended by leaving the view has not failed
      console.debug(thrown);
    }
  }
}
