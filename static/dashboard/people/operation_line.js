// @ts-check
// One operation: its target, its progress, and the options.

import { pieces, t } from "../../texts.js";
import { call } from "../parts/api.js";
import { el } from "../parts/dom.js";
import { exact, time } from "../parts/format.js";
import { notice } from "../parts/notice.js";
import { address } from "../parts/router.js";
import { badge } from "../parts/status.js";
import { ordering } from "./orders.js";
import { operationKind, operationState } from "./words.js";

/** @typedef {import("../types.js").Operation} Operation */

/** @param {Operation} operation */
export function isOpen({ state }) {
  return state === "queued" || state === "working";
}

/**
 * @param {Operation & { name?: string }} operation
 * @param {(said: HTMLElement) => unknown} done
 * @param {(thrown: unknown) => void} failed
 */
export function operationLine(operation, done, failed) {
  const { name, state, error_message: why, attempts, next_attempt_at: next } = operation;
  const kind = operationKind(operation.kind);
  const whose = name && el("a", { href: address(["people", operation.person_id]) }, name);
  const buttons = actions(operation, name ? `${kind}: ${name}` : kind, done, failed);
  return el(
    "li",
    { class: "operation" },
    el(
      "p",
      { class: "standing" },
      el("strong", {}, kind, name && ": ", whose),
      badge(operationState(state)),
      el("span", { class: "quiet" }, exact(operation.created_at)),
    ),
    why && state !== "done" && el("p", { class: "why" }, why),
    attempts > 1 && isOpen(operation) && el("p", { class: "quiet" }, tries(attempts)),
    state === "queued" &&
      next &&
      el("p", { class: "quiet" }, ...pieces("ui.operation.next", { time: time(next) })),
    buttons.length > 0 && el("div", { class: "actions small" }, ...buttons),
  );
}

/** @param {number} count */
function tries(count) {
  return t("ui.operation.tries", { count });
}

/**
 * @param {Operation} operation
 * @param {string} name
 * @param {(said: HTMLElement) => unknown} done
 * @param {(thrown: unknown) => void} failed
 */
function actions(operation, name, done, failed) {
  const path = `operations/${encodeURIComponent(operation.operation_id)}`;
  /** @param {"retry" | "cancel"} action */
  const button = (action) => {
    const words = t(`ui.operation.${action}`);
    const made = el(
      "button",
      { type: "button", class: "plain", "aria-label": t("ui.action_for", { action: words, name }) },
      words,
    );
    const give = async () => {
      if (action === "retry") await call("POST", `${path}/retry`, { body: {} });
      else await call("DELETE", path);
      return notice("good", t(`ui.operation.${action}_done`));
    };
    return ordering(made, give, done, failed);
  };
  const retries = operation.state === "failed" || operation.state === "queued";
  return [retries && button("retry"), operation.state === "queued" && button("cancel")].filter(
    (one) => one !== false,
  );
}
