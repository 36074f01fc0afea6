// @ts-check
// A decision is sent a few seconds later, and can be undone until then: an invitation that Plex has
// sent cannot. Leaving the page confirms it: everything is sent at once.

/** Long enough to notice what was pressed, and to press again. */
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

/** Whether something can still be undone. */
export function isUndecided() {
  return waiting.size > 0;
}

/** Waits no longer. */
export async function sendNow() {
  await Promise.all([...waiting].map((now) => now()));
}

window.addEventListener("pagehide", sendNow);
// A phone ends background pages without warning.
document.addEventListener("visibilitychange", () => {
  if (document.hidden) sendNow();
});
