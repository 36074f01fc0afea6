// @ts-check
// What went wrong, as one kind of error whatever the cause: RFC 9457, or no answer at all.

/** @typedef {import("../types.js").FieldError} FieldError */

const OFFLINE = {
  title: "No connection",
  detail: "Helpr did not answer. Are you online? Nothing you typed is lost.",
  code: "offline",
};
const SLOW = {
  title: "No answer yet",
  detail: "Helpr took too long to answer. Try again in a moment.",
  code: "timeout",
};
const BROKEN = { title: "Something went wrong", detail: "Try again in a minute.", code: "" };
/** Thrown by the scripts themselves: most often they need what this browser lacks. */
const FAULT = {
  title: "This browser cannot go on here",
  detail:
    "Load the page again. If that changes nothing, use Safari 15.6, Chrome or Edge 109, Firefox 115 or newer.",
  code: "",
};
export const LEFT = {
  title: "Signed out",
  detail: "Your session has ended, and nothing was changed. What you typed is still here.",
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
    /** Only where somebody has to look into a log. */
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

/** Why there was no answer: too late, or no way there. @param {boolean} late */
export function noAnswer(late) {
  return new Problem(late ? SLOW : OFFLINE);
}

/** Whatever was thrown, as a problem. @param {unknown} thrown */
export function asProblem(thrown) {
  if (thrown instanceof Problem) return thrown;
  console.error(thrown);
  return new Problem({ ...FAULT, detail: `${FAULT.detail} (${thrown})` });
}
