// @ts-check
// `make bundles` makes this from what the views say about themselves: do not edit it.

/** @type {Pick<import("../types.js").About, "at" | "title" | "near">[]} */
export const LIST = [
  {"at":"activity","title":"ui.activity.title"},
  {"at":"batches/*","title":"ui.batch.one","near":"links"},
  {"at":"batches","title":"ui.batch.title","near":"links"},
  {"at":"browsers","title":"ui.browsers.title","near":"settings"},
  {"at":"check","title":"ui.check.title"},
  {"at":"libraries","title":"ui.libraries.title"},
  {"at":"links/*","title":"ui.links.one"},
  {"at":"links","title":"ui.links.title"},
  {"at":"notices","title":"ui.notices.title","near":"settings"},
  {"at":"","title":"ui.overview.title"},
  {"at":"people/drift","title":"ui.drift.title"},
  {"at":"people/operations","title":"ui.operations.title"},
  {"at":"people","title":"ui.people.title"},
  {"at":"people/*","title":"ui.person.title"},
  {"at":"requests/*","title":"ui.request.title"},
  {"at":"requests","title":"ui.requests.title"},
  {"at":"settings","title":"ui.settings.title"},
  {"at":"sign-in","title":"ui.ways_in.title","near":"settings"},
];
