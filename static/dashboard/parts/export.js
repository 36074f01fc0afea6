// @ts-check
// A list as a file. It is a link, so that it can be copied, but fetched by us, so that an ended
// session or an error is shown here instead of being saved as a file.

import { t } from "../../texts.js";
import { call } from "./api.js";
import { whileBusy } from "./busy.js";
import { el } from "./dom.js";
import { icon } from "./icons.js";
import { problemNotice } from "./notice.js";
import { asProblem } from "./problem.js";

/**
 * @param {string} path below the API, with its query
 * @param {string} name of the file
 * @param {HTMLElement} place where a trouble is said
 */
export function exportLink(path, name, place) {
  const attributes = { class: "button plain", href: `/dashboard/api/${path}`, download: name };
  const link = el("a", attributes, icon("download"), t("ui.requests.export"));
  link.addEventListener("click", (event) => {
    event.preventDefault();
    whileBusy(link, t("ui.requests.exporting"), () => save(path, name, place));
  });
  return link;
}

/**
 * @param {string} path
 * @param {string} name
 * @param {HTMLElement} place
 */
export async function save(path, name, place) {
  try {
    saveFile(await (await call("GET", path)).blob(), name);
    place.replaceChildren();
  } catch (thrown) {
    place.replaceChildren(problemNotice(asProblem(thrown)));
  }
}

/**
 * @param {Blob} file
 * @param {string} name
 */
export function saveFile(file, name) {
  const href = URL.createObjectURL(file);
  el("a", { href, download: name }).click();
  // By then the browser has started to save.
  setTimeout(() => URL.revokeObjectURL(href), 10_000);
}
