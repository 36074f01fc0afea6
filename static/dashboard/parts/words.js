// @ts-check
// What the codes of the API are called on the page.

/** @typedef {{ label: string, icon: string, tone: "good" | "wait" | "bad" | "still" }} Word */

/** @type {Record<string, Word>} */
export const STATUSES = {
  accepted: { label: "Accepted", icon: "accepted", tone: "good" },
  success: { label: "Sent", icon: "good", tone: "good" },
  pending: { label: "Being sent", icon: "wait", tone: "wait" },
  queued: { label: "Waits for Plex", icon: "wait", tone: "wait" },
  awaiting_approval: { label: "Waits for your yes", icon: "hand", tone: "wait" },
  failed: { label: "Failed", icon: "bad", tone: "bad" },
  denied: { label: "Denied", icon: "denied", tone: "still" },
};

/** The status of a request that waits for the owner. */
export const WAITING = "awaiting_approval";

/** Statuses that are looked for together, in the filter's order. */
export const FILTERS = [
  { value: "", label: "All" },
  { value: "awaiting_approval", label: "Waits for your yes" },
  { value: "queued,pending", label: "Waits for Plex" },
  { value: "failed", label: "Failed" },
  { value: "success", label: "Sent" },
  { value: "denied", label: "Denied" },
];

/** What a day's requests came to, in the chart's order from the bottom up. */
export const OUTCOMES = [
  { name: "sent", label: "Sent", statuses: ["success"] },
  { name: "waiting", label: "Waiting", statuses: ["queued", "pending", "awaiting_approval"] },
  { name: "failed", label: "Failed", statuses: ["failed"] },
  { name: "denied", label: "Denied", statuses: ["denied"] },
];

/** @type {Record<string, string>} */
export const SOURCES = {
  form: "the form",
  owner: "you, on this dashboard",
  link: "an invite link",
  sign_in: "signing in with Plex",
  batch: "a list",
};

/** @type {Record<string, string>} */
export const CHECKS = {
  token: "Plex token",
  account: "Plex account",
  server: "Server",
  libraries: "Libraries",
  server_reachable: "Way to the server",
  seats: "Seats",
  breaker: "Calls to Plex",
  database: "Database",
  state_store: "State store",
  identity: "Azure identity",
  settings: "Settings",
  requests: "Requests",
  queue: "Queue",
  housekeeping: "Housekeeping",
  inbox: "Inbox",
  decisions: "Your choices",
  ceilings: "Too much at once",
  backup: "Backup",
};

/** @type {Record<string, string>} */
export const KINDS = { movie: "Movies", show: "TV shows", artist: "Music", photo: "Photos" };

/** @type {Record<string, string>} */
export const FIELDS = {
  title: "Title",
  welcome: "Welcome text",
  code_required: "Ask for the invite code",
  approval_required: "Ask me first",
  paused: "Pause invites",
  daily_cap: "Invites a day",
  retention_days: "Days to keep requests",
  shared: "Shared libraries",
  email_or_username: "Plex username or e-mail",
};

/** Who acts where it is not the owner, who has a name. @type {Record<string, string>} */
export const ACTORS = { key: "The function key", friend: "A friend", system: "Helpr" };

/** What somebody did, after their name. @type {Record<string, string>} */
export const DEEDS = {
  sign_in: "signed in",
  sign_in_refused: "was refused at sign-in",
  sign_out: "signed out",
  libraries_changed: "changed the shared libraries",
  settings_changed: "changed the settings",
  invite_opened: "asked for an invite",
  invite_sent: "sent an invite",
  invite_queued: "kept a request, to be tried again",
  invite_failed: "could not send an invite",
  invite_held: "left a request for you to decide",
  invite_tried: "tried a request again",
  invite_interrupted: "took up a request that was interrupted",
  invite_accepted: "saw that an invite was accepted",
  invite_taken_over: "invited someone who had asked",
  invite_retried: "sent a request again",
  invite_approved: "approved a request",
  invite_denied: "denied a request",
  requests_deleted: "deleted old requests",
  backup_restored: "restored a backup",
  invites_exported: "exported requests",
};

/** A code that has no words here yet, readable. @param {string} code */
export function plain(code) {
  const words = code.replaceAll("_", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}
