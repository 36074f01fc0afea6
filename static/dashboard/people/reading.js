// @ts-check
// When plex.tv's list was read, with what result, and reading it now.

import { has, pieces, t } from "../../texts.js";
import { post } from "../parts/api.js";
import { whileBusy } from "../parts/busy.js";
import { el } from "../parts/dom.js";
import { time } from "../parts/format.js";
import { icon } from "../parts/icons.js";
import { notice, tellProblem } from "../parts/notice.js";

/** @typedef {{ reading: string, reading_code: string | null, read_at: string | null }} Reading */

const DOUBT = "reading-doubt";

/** What to say if the last reading is not trusted. @param {Reading} reading */
export function doubt({ reading, reading_code: code = "", read_at: at }) {
  if (reading === "ok" || (!at && !code)) return null;
  const why = `ui.reading.${code}`;
  const known = at
    ? el("p", {}, ...pieces("ui.reading.known", { time: time(at) }))
    : el("p", {}, t("ui.reading.never"));
  const made = notice(
    "wait",
    t(reading === "suspicious" ? "ui.reading.suspicious" : "ui.reading.failed"),
    has(why) && el("p", {}, t(why)),
    known,
  );
  made.id = DOUBT;
  return made;
}

/**
 * @param {Reading} reading
 * @param {HTMLElement} place where the result is shown
 * @param {() => Promise<unknown>} again shows what was read
 */
export function readingLine(reading, place, again) {
  const button = el("button", { type: "button", class: "plain" }, icon("refresh"), t("ui.refresh"));
  button.addEventListener("click", () =>
    whileBusy(button, t("ui.asking_plex"), async () => {
      try {
        const now = /** @type {Reading} */ (await post("people/refresh"));
        const told = notice("good", t("ui.reading.ok"));
        place.replaceChildren(...(now.reading === "ok" ? [told] : []));
        await again();
        (document.getElementById(DOUBT) ?? told).focus();
      } catch (thrown) {
        tellProblem(place, thrown);
      }
    }),
  );
  const at = reading.read_at;
  const words = at ? pieces("ui.read_from_plex", { time: time(at) }) : [t("ui.reading.never")];
  return el("p", { class: "fresh" }, el("span", {}, ...words), button);
}
