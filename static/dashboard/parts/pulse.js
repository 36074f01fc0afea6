// @ts-check
// Notices changes while the page is open: one conditional request, answered 304 while nothing
// changes. Slower in the background, and stopped while the page is hidden.

import { peek } from "./api.js";

const LOOKED_AT_MS = 15_000;
const BACKGROUND_MS = 60_000;

let etag = "";
/** @type {number | undefined} */
let timer;
/** @type {(awaiting: number) => Promise<boolean>} */
let tell = async () => true;

/**
 * Reports how many requests are waiting, now and at each change. The callback may resolve to false:
 * then it is called with the same again.
 * @param {(awaiting: number) => Promise<boolean>} onChange
 */
export function watch(onChange) {
  tell = onChange;
  document.addEventListener("visibilitychange", plan);
  window.addEventListener("focus", plan);
  plan();
}

function plan() {
  clearTimeout(timer);
  if (document.hidden) return;
  timer = setTimeout(look, document.hasFocus() ? LOOKED_AT_MS : BACKGROUND_MS);
}

async function look() {
  const found = await peek("pulse", etag);
  if (found && (await tell(found.body.awaiting))) etag = found.etag;
  plan();
}
