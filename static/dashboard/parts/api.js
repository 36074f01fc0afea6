// @ts-check
// The owner's API through the session's door. An ended session is not an error here: the owner is
// asked for the password again (see session.js), and the same call is repeated.

import { noAnswer, Problem, problemIn } from "./problem.js";

const API = "/dashboard/api/";
const SESSION = "/dashboard/session";
const IN_FRONT = "/dashboard/in-front";
// Plex itself may take long to answer; nobody waits longer than this.
const PATIENCE_MS = 60_000;

/**
 * `keepalive`: sent completely even if the page is left, if it is small.
 * @typedef {{ body?: unknown, headers?: Record<string, string>, signal?: AbortSignal,
 *   keepalive?: boolean }} Options
 * @typedef {{ username: string, csrf_token: string }} Session
 */

/** After this, a call counts as the page's own and keeps nobody signed in. */
const UNATTENDED_MS = 60_000;
let touchedAt = Date.now();
for (const kind of ["pointerdown", "keydown", "wheel", "touchmove"]) {
  const touched = () => {
    touchedAt = Date.now();
  };
  window.addEventListener(kind, touched, { capture: true, passive: true });
}

/** Kept nowhere else: after a reload it is requested again. */
let csrfToken = "";

/** @type {() => Promise<void>} */
let signInAgain = async () => {};

/** What to call when a session has ended. @param {() => Promise<void>} ask */
export function onSessionEnd(ask) {
  signInAgain = ask;
}

/**
 * @param {string} method
 * @param {string} address
 * @param {Options} options
 */
async function send(method, address, { body, headers = {}, signal, keepalive } = {}) {
  // AbortSignal.timeout() and any() are younger than the oldest browsers that are supported.
  const ended = new AbortController();
  const end = () => ended.abort();
  let late = false;
  setTimeout(() => {
    late = true;
    end(); // no effect on an answer that is already complete
  }, PATIENCE_MS);
  signal?.addEventListener("abort", end, { once: true });
  if (signal?.aborted) end();
  const all = new Headers({ Accept: "application/json", ...headers });
  if (body !== undefined) all.set("Content-Type", "application/json");
  if (method !== "GET") all.set("X-CSRF-Token", csrfToken);
  if (Date.now() - touchedAt > UNATTENDED_MS) all.set("X-Helpr-Unattended", "1");
  try {
    return await fetch(address, {
      method,
      headers: all,
      body: body === undefined ? undefined : JSON.stringify(body),
      signal: ended.signal,
      keepalive,
    });
  } catch (thrown) {
    if (signal?.aborted) throw thrown;
    throw noAnswer(late);
  }
}

/**
 * One call; throws a Problem for every error answer.
 * @param {string} method
 * @param {string} path below the API, with its query
 * @param {Options} [options]
 */
export async function call(method, path, options = {}) {
  let response = await send(method, API + path, options);
  if (response.status === 403 && (await isCsrfTrouble(response))) {
    await readSession();
    response = await send(method, API + path, options);
  }
  while (response.status === 401) {
    await signInAgain();
    response = await send(method, API + path, options);
  }
  if (!response.ok) throw await problemIn(response);
  return response;
}

/** Somebody signed in again elsewhere: our token belongs to the old session. @param {Response}
 * response */
async function isCsrfTrouble(response) {
  return (await problemIn(response.clone())).code === "csrf_failed";
}

/**
 * @param {string} path
 * @param {AbortSignal} [signal]
 */
export async function get(path, signal) {
  return (await call("GET", path, { signal })).json();
}

/**
 * @param {string} path
 * @param {unknown} [body]
 * @param {Options} [options]
 */
export async function post(path, body = {}, options = {}) {
  return (await call("POST", path, { body, ...options })).json();
}

/**
 * The current state, if it differs from `etag`; null if it does not, if the session has ended, or
 * if there is no answer: a page that only watches disturbs nobody.
 * @param {string} path
 * @param {string} etag
 */
export async function peek(path, etag) {
  const headers = etag ? { "If-None-Match": etag } : undefined;
  try {
    const response = await send("GET", API + path, { headers });
    if (!response.ok) return null;
    return { etag: response.headers.get("ETag") ?? "", body: await response.json() };
  } catch {
    return null;
  }
}

/** The session that the cookie names, or null. @returns {Promise<Session | null>} */
export async function readSession() {
  const response = await send("GET", `${SESSION}?if_any=1`);
  // 401 from a worker of the version before.
  if (response.status !== 204 && response.status !== 401) return keep(response);
  await response.text(); // unread, it would keep the connection
  return null;
}

/**
 * @param {string} username
 * @param {string} password
 * @param {string} code of the second factor, where one is asked for
 */
export async function openSession(username, password, code) {
  return keep(await send("POST", SESSION, { body: { username, password, code } }));
}

/** Whom Azure or a proxy in front has signed in; null for nobody.
 * @returns {Promise<{ name: string } | null>} */
export async function readInFront() {
  const response = await send("GET", IN_FRONT);
  return response.status === 200 ? response.json() : null;
}

/** Goes on as that person. */
export async function openSessionInFront() {
  return keep(await send("POST", IN_FRONT));
}

/** What a passkey is asked to sign. */
export async function passkeyOptions() {
  const response = await send("POST", `${SESSION}/passkey/begin`, { body: {} });
  if (!response.ok) throw await problemIn(response);
  return (await response.json()).public_key;
}

/** @param {unknown} credential what it signed */
export async function openSessionByPasskey(credential) {
  return keep(await send("POST", `${SESSION}/passkey`, { body: { credential } }));
}

export async function closeSession() {
  const response = await send("DELETE", SESSION);
  // Already ended, which is what we wanted.
  if (!response.ok && response.status !== 401) throw await problemIn(response);
}

/** @param {Response} response @returns {Promise<Session>} */
async function keep(response) {
  if (!response.ok) throw await problemIn(response);
  const session = /** @type {Session} */ (await response.json());
  if (!session.csrf_token) throw new Problem({});
  csrfToken = session.csrf_token;
  return session;
}
