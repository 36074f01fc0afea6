// @ts-check
// What is decided is sent some seconds later, and can be taken back until then: an invitation that
// Plex has sent cannot. Whoever leaves the page has decided: all of it is sent at once.

/** Long enough to see what one has pressed, and to press again. */
const WAIT_MS = 7_000;

/** @type {Set<() => Promise<void>>} */
const waiting = new Set();

/**
 * Sends it in a moment.
 * @param {() => Promise<void>} send tells itself what became of it
 * @returns {() => boolean} takes it back; false where it is too late
 */
export function inAMoment(send) {
  const now = async () => {
    if (takeBack()) await send();
  };
  const takeBack = () => {
    clearTimeout(timer);
    return waiting.delete(now);
  };
  const timer = setTimeout(now, WAIT_MS);
  waiting.add(now);
  return takeBack;
}

/** Whether something can still be taken back. */
export function isUndecided() {
  return waiting.size > 0;
}

/** Waits no longer. */
export async function sendNow() {
  await Promise.all([...waiting].map((now) => now()));
}

window.addEventListener("pagehide", sendNow);
// A phone ends pages in the background without a word.
document.addEventListener("visibilitychange", () => {
  if (document.hidden) sendNow();
});
