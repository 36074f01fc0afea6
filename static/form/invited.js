// @ts-check
// Follows a request: polls its state and, when it changes, shows the page's new <main>.
// Without it the page reloads itself (see <noscript>), and so it does where this browser lacks
// something that is used here.

import { inOwnTime } from "./own_time.js";

const FIRST_WAIT_MS = 3_000;
const LONGEST_WAIT_MS = 30_000;
const SLOWER = 1.4;
const RELOAD_MS = 30_000;

/** @typedef {{ status: string, accepted: boolean, message: string }} Standing */

const announcer = /** @type {HTMLElement} */ (document.getElementById("announce"));

let wait = FIRST_WAIT_MS;
/** What the answer was when the page was last shown; empty at first, so that a change
 *  between the page and the first answer is not missed. */
let shown = "";
/** @type {number | undefined} */
let timer;

function main() {
  return /** @type {HTMLElement} */ (document.getElementById("main"));
}

function isSettled() {
  return main().dataset.settled === "true";
}

/** Whether the last fetch had no answer. */
let unreached = false;

/**
 * @param {string} address
 * @param {string} type
 */
async function load(address, type) {
  const answer = fetch(address, { headers: { Accept: type } });
  unreached = true;
  const response = await answer;
  unreached = false;
  return response;
}

/** Replaces the old <main> with the page's current one, and announces it. */
async function refresh() {
  const response = await load(window.location.href, "text/html");
  if (!response.ok) return false;
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  const fresh = page.getElementById("main");
  if (!fresh) return false;
  const old = main();
  inOwnTime(fresh);
  if (!fresh.isEqualNode(old)) replace(old, fresh, page.title);
  return true;
}

/**
 * @param {HTMLElement} old
 * @param {HTMLElement} fresh
 * @param {string} title
 */
function replace(old, fresh, title) {
  const hadFocus = old.contains(document.activeElement);
  old.replaceWith(document.adoptNode(fresh));
  document.title = title;
  const heading = fresh.querySelector("h1");
  // Keyboard focus in the old text must not jump to the top of the page.
  if (hadFocus) heading?.focus();
  const lead = fresh.querySelector(".lead");
  announcer.textContent = `${heading?.textContent ?? ""}. ${lead?.textContent ?? ""}`;
  wait = FIRST_WAIT_MS;
}

/** @param {Standing} standing */
async function follow(standing) {
  const now = JSON.stringify([standing.status, standing.accepted, standing.message]);
  if (now !== shown && (await refresh())) shown = now;
}

/** @returns {Promise<boolean>} whether it is worth asking again */
async function ask() {
  const id = encodeURIComponent(main().dataset.requestId ?? "");
  const response = await load(`/api/invites/${id}`, "application/json");
  if (response.ok) await follow(await response.json());
  const seconds = Number(response.headers.get("Retry-After"));
  if (seconds > 0) wait = Math.max(wait, seconds * 1000);
  return response.status !== 404;
}

async function turn() {
  timer = undefined;
  wait = Math.min(wait * SLOWER, LONGEST_WAIT_MS);
  try {
    if (await ask()) plan();
  } catch (thrown) {
    // A fetch without a connection needs no message: the next round tries again.
    if (unreached) plan();
    else giveUp(thrown);
  }
}

/** As without this script. @param {unknown} thrown */
function giveUp(thrown) {
  console.error(thrown);
  setTimeout(() => window.location.reload(), RELOAD_MS);
}

function plan() {
  if (timer === undefined && !document.hidden && !isSettled()) timer = setTimeout(turn, wait);
}

document.addEventListener("visibilitychange", () => {
  clearTimeout(timer);
  timer = undefined;
  wait = FIRST_WAIT_MS;
  plan();
});

inOwnTime(document);
plan();
