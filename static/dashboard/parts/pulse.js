// @ts-check
// Notices what changes while somebody looks: one conditional question, which is answered 304 as long
// as nothing does. Slower in the background, and none at all while the page is hidden.

import { peek } from "./api.js";

const LOOKED_AT_MS = 15_000;
const BACKGROUND_MS = 60_000;

let etag = "";
/** @type {number | undefined} */
let timer;
/** @type {(awaiting: number) => boolean} */
let tell = () => true;

/**
 * Tells how many requests wait, now and at each change. What is told may say false: then it is
 * told the same again.
 * @param {(awaiting: number) => boolean} onChange
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
  if (found && tell(found.body.awaiting)) etag = found.etag;
  plan();
}
