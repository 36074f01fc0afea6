// @ts-check
// Drawn for Helpr, 24 by 24, in the strokes of templates/icons.html.

import { draw } from "./dom.js";

/** @type {Record<string, string>} */
const DRAWINGS = {
  movie: "M4 6h16v12H4zM8 6v12M16 6v12M4 10h4M4 14h4M16 10h4M16 14h4",
  show: "M4 8h16v11H4zM8.5 3.5 12 8l3.5-4.5",
  artist:
    "M9 17.5V6l10-2v11.5M9 17.5a2.5 2.5 0 1 1-5 0 2.5 2.5 0 0 1 5 0zM19 15.5a2.5 2.5 0 1 1-5 0 2.5 2.5 0 0 1 5 0z",
  photo: "M4 5h16v14H4zM4 16l5-5 4 4 3-3 4 4M15.5 9h.01",
  other: "M4 7.5h6l2 2.5h8v9H4z",
  good: "M5 12.5l4.5 4.5L19 7.5",
  accepted: "M2.5 12.5 7 17l9-9.5M11.5 16l1 1 9-9.5",
  wait: "M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17zM12 7.5V12l3 2",
  hand: "M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17zM9.6 9.6A2.4 2.4 0 1 1 12 12.2v1.3M12 16.8h.01",
  warning: "M12 4 2.8 19.5h18.4zM12 10v4.5M12 17h.01",
  bad: "M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17zM12 7.5v5.5M12 16.5h.01",
  denied: "M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17zM6 6l12 12",
  refresh: "M19.5 12a7.5 7.5 0 1 1-2.2-5.3L20 9.4M20 4v5.4h-5.4",
  download: "M12 4v11M7.5 11 12 15.5l4.5-4.5M5 20h14",
  add: "M12 5v14M5 12h14",
  copy: "M9 9h11v11H9zM15 9V4H4v11h5",
  back: "M11 6l-6 6 6 6M5 12h14",
  next: "M13 6l6 6-6 6M19 12H5",
  person: "M12 4a4 4 0 1 1 0 8 4 4 0 0 1 0-8zM4.5 20a7.5 7.5 0 0 1 15 0",
  family:
    "M9 5a3.5 3.5 0 1 1 0 7 3.5 3.5 0 0 1 0-7zM2.5 19.5a6.5 6.5 0 0 1 13 0M15.5 5.3a3.5 3.5 0 0 1 0 6.4M18 14a6.5 6.5 0 0 1 3.5 5.5",
  door: "M6 20V4h9v16M3.5 20h17M15 6.5h3V20M12 12h.01",
  share: "M12 14V3.5M8 7.5l4-4 4 4M5 12v8h14v-8",
  see: "M2.5 12S6 5.5 12 5.5 21.5 12 21.5 12 18 18.5 12 18.5 2.5 12 2.5 12zM12 9.5a2.5 2.5 0 1 0 0 5 2.5 2.5 0 0 0 0-5z",
  print: "M7 9V4h10v5M7 17H4V9h16v8h-3M7 14h10v6H7z",
  dot: "M12 9.5a2.5 2.5 0 1 0 0 5 2.5 2.5 0 0 0 0-5z",
};

/** A drawing beside words that say the same. @param {string} name */
export function icon(name) {
  const size = { viewBox: "0 0 24 24", width: 20, height: 20 };
  return draw(
    "svg",
    { class: "icon", "aria-hidden": "true", ...size },
    draw("path", { d: DRAWINGS[name] ?? DRAWINGS.other ?? "" }),
  );
}
