// @ts-check
// Errors of one kind, whatever the cause: RFC 9457, or no answer at all.

import { t } from "../../texts.js";

/** @typedef {import("../types.js").FieldError} FieldError */

export const OFFLINE = {
  title: t("ui.offline.title"),
  detail: t("ui.offline.detail"),
  code: "offline",
};
const SLOW = {
  title: t("ui.slow.title"),
  detail: t("ui.slow.detail"),
  code: "timeout",
};
const BROKEN = { title: t("ui.broken.title"), detail: t("ui.broken.detail"), code: "" };
/** Thrown by the scripts themselves: usually this browser lacks a feature. */
const FAULT = {
  title: t("ui.fault.title"),
  detail: t("ui.fault.detail"),
  code: "",
};
export const LEFT = {
  title: t("ui.left.title"),
  detail: t("ui.left.detail"),
  code: "sign_in_required",
};

export class Problem extends Error {
  /**
   * @param {Record<string, any>} body a problem document
   * @param {number} [status]
   * @param {number} [retryAfterSeconds]
   */
  constructor(body, status = 0, retryAfterSeconds = 0) {
    super(body.title ?? BROKEN.title);
    this.title = /** @type {string} */ (body.title ?? BROKEN.title);
    this.detail = /** @type {string} */ (body.detail ?? "");
    this.code = /** @type {string} */ (body.code ?? "");
    this.errors = /** @type {FieldError[]} */ (body.errors ?? []);
    /** Only if somebody has to look into a log. */
    this.reference = status >= 500 ? String(body.reference ?? "") : "";
    this.status = status;
    this.retryAfterSeconds = retryAfterSeconds;
    this.body = body;
  }
}

/** @param {Response} response */
export async function problemIn(response) {
  const body = await response.json().catch(() => BROKEN);
  const seconds = Number(response.headers.get("Retry-After"));
  return new Problem(body, response.status, Math.max(seconds, 0) || 0);
}

/** Why there was no answer: too late, or no connection. @param {boolean} late */
export function noAnswer(late) {
  return new Problem(late ? SLOW : OFFLINE);
}

/** Anything thrown, as a problem. @param {unknown} thrown */
export function asProblem(thrown) {
  if (thrown instanceof Problem) return thrown;
  console.error(thrown);
  return new Problem({ ...FAULT, detail: `${FAULT.detail} (${thrown})` });
}
