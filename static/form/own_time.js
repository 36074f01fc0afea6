// @ts-check
// Shows the page's UTC times in the reader's own time zone.

/** @type {Record<string, Intl.DateTimeFormatOptions>} */
const SHOWN = {
  day: { day: "numeric", month: "short", year: "numeric" },
  moment: { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" },
};

/** @param {ParentNode} place */
export function inOwnTime(place) {
  for (const one of place.querySelectorAll("time")) {
    const shown = SHOWN[one.dataset.shown ?? ""];
    if (!shown) continue;
    const words = new Intl.DateTimeFormat(document.documentElement.lang, shown);
    one.textContent = words.format(new Date(one.dateTime));
  }
}
