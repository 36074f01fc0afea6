// @ts-check
// Plex's seats, drawn as the rows of a small room.

import { draw, el } from "../parts/dom.js";
import { counted, time } from "../parts/format.js";

/** @typedef {import("../types.js").Seats} Seats */

const IN_A_ROW = 20;
const SIZE = 10;
const SEAT = "M1 9V4.5Q1 1 5 1t4 3.5V9z";

/** @param {Seats} seats */
export function seatMeter(seats) {
  const { used, pending, limit, read_at: readAt } = seats;
  const left = Math.max(0, limit - used - pending);
  return [
    el(
      "p",
      { class: "figure" },
      el("strong", {}, String(used + pending)),
      ` of ${counted(limit, "seat")} taken`,
    ),
    room(seats),
    el(
      "ul",
      { class: "legend" },
      legend("used", counted(used, "friend")),
      legend("pending", `${pending} invited, not accepted yet`),
      legend("free", left === 0 ? "no seat left" : counted(left, "seat left", "seats left")),
    ),
    el("p", { class: "quiet" }, "Read from Plex ", time(readAt), "."),
  ];
}

/** @param {Seats} seats */
function room({ used, pending, limit }) {
  const rows = Math.ceil(limit / IN_A_ROW);
  const seats = Array.from({ length: limit }, (_, at) => {
    const kind = at < used ? "used" : at < used + pending ? "pending" : "free";
    const x = (at % IN_A_ROW) * SIZE;
    const y = Math.floor(at / IN_A_ROW) * SIZE;
    return draw("path", { class: kind, d: SEAT, transform: `translate(${x} ${y})` });
  });
  const viewBox = `0 0 ${IN_A_ROW * SIZE} ${rows * SIZE}`;
  return draw("svg", { class: "room", viewBox, "aria-hidden": "true" }, ...seats);
}

/**
 * @param {string} kind
 * @param {string} words
 */
function legend(kind, words) {
  const drawing = draw("svg", { class: "room", viewBox: "0 0 10 10", "aria-hidden": "true" });
  drawing.append(draw("path", { class: kind, d: SEAT }));
  return el("li", {}, drawing, words);
}
