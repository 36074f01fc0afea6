// @ts-check
// `make bundles` makes this from what the views say about themselves: do not edit it.

import { view as activity_activity } from "../activity/activity.js";
import { view as batches_batch } from "../batches/batch.js";
import { view as batches_batches } from "../batches/batches.js";
import { view as browsers_browsers } from "../browsers/browsers.js";
import { view as check_check } from "../check/check.js";
import { view as libraries_libraries } from "../libraries/libraries.js";
import { view as links_link } from "../links/link.js";
import { view as links_links } from "../links/links.js";
import { view as notices_notices } from "../notices/notices.js";
import { view as people_drift } from "../people/drift.js";
import { view as people_operations } from "../people/operations.js";
import { view as people_people } from "../people/people.js";
import { view as person_person } from "../person/person.js";
import { view as requests_request } from "../requests/request.js";
import { view as requests_requests } from "../requests/requests.js";
import { view as settings_settings } from "../settings/settings.js";
import { view as ways_in_ways_in } from "../ways_in/ways_in.js";

/** @type {Record<string, import("../types.js").Shown>} */
export const VIEWS = {
  "activity": activity_activity,
  "batches/*": batches_batch,
  "batches": batches_batches,
  "browsers": browsers_browsers,
  "check": check_check,
  "libraries": libraries_libraries,
  "links/*": links_link,
  "links": links_links,
  "notices": notices_notices,
  "people/drift": people_drift,
  "people/operations": people_operations,
  "people": people_people,
  "people/*": person_person,
  "requests/*": requests_request,
  "requests": requests_requests,
  "settings": settings_settings,
  "sign-in": ways_in_ways_in,
};
