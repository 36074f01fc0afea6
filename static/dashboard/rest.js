// @ts-check
// Every view but the first: one script, loaded when the first of them is looked at. Each further
// script would be one more part that they share with the first, and a request each.

export { backFromPlex, leaveForPlex } from "./check/plex_again.js";
export { VIEWS } from "./collected/views.js";
