// @ts-check
// Every view but the first: one script, loaded when the first of them is looked at. Each further
// script would be one more part that they share with the first, and a request each.

export { activity } from "./activity/activity.js";
export { batch } from "./batches/batch.js";
export { batches } from "./batches/batches.js";
export { browsers } from "./browsers/browsers.js";
export { check } from "./check/check.js";
export { backFromPlex, leaveForPlex } from "./check/plex_again.js";
export { libraries } from "./libraries/libraries.js";
export { link } from "./links/link.js";
export { links } from "./links/links.js";
export { notices } from "./notices/notices.js";
export { drift } from "./people/drift.js";
export { operations } from "./people/operations.js";
export { people } from "./people/people.js";
export { person } from "./person/person.js";
export { request } from "./requests/request.js";
export { requests } from "./requests/requests.js";
export { settings } from "./settings/settings.js";
export { waysIn } from "./ways_in/ways_in.js";
