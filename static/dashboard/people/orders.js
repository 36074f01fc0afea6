// @ts-check
// The owner's orders about somebody's access, and whether Plex shows the change yet.

import { t } from "../../texts.js";
import { call } from "../parts/api.js";
import { whileBusy } from "../parts/busy.js";
import { notice } from "../parts/notice.js";

/** @typedef {{ operation_id?: string, state?: string }} Ordered */

/**
 * One order; resolves to the words for its result, and throws a Problem.
 * @param {string} method
 * @param {string} path
 * @param {unknown} [body]
 */
export async function order(method, path, body) {
  const ordered = /** @type {Ordered} */ (await (await call(method, path, { body })).json());
  return told(ordered);
}

/** @param {Ordered} ordered */
function told({ operation_id: id, state }) {
  if (!id) return notice("good", t("ui.saved"));
  if (state === "done") return notice("good", t("ui.order.done"));
  return notice("wait", t("ui.order.promised"));
}

/**
 * A button that gives an order.
 * @param {HTMLButtonElement} button
 * @param {() => Promise<HTMLElement | null>} give resolves to what is said; null: thought better of it
 * @param {(said: HTMLElement) => unknown} done
 * @param {(thrown: unknown) => void} failed
 */
export function ordering(button, give, done, failed) {
  const press = async () => {
    try {
      const said = await give();
      if (said) await done(said);
    } catch (thrown) {
      failed(thrown);
    }
  };
  button.addEventListener("click", () => whileBusy(button, t("ui.asking_plex"), press));
  return button;
}
