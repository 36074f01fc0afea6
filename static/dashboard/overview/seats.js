// @ts-check
// Plex's seats, drawn as the rows of a room.

import { pieces, t } from "../../texts.js";
import { draw, el } from "../parts/dom.js";
import { number, time } from "../parts/format.js";

/** @typedef {import("../types.js").Seats} Seats */

const IN_A_ROW = 50;
const SIZE = 10;
const SEAT = "M1 9V4.5Q1 1 5 1t4 3.5V9z";

/** @param {Seats} seats */
export function seatsCard(seats) {
  const { used, pending, limit, read_at: readAt } = seats;
  const left = Math.max(0, limit - used - pending);
  const taken = el("strong", {}, number(used + pending));
  return el(
    "section",
    { class: "card" },
    el(
      "div",
      { class: "card-head" },
      el("h2", {}, t("ui.check_name.seats")),
      el("p", { class: "figure" }, ...pieces("ui.seats.taken", { taken, count: limit })),
    ),
    room(seats),
    el(
      "ul",
      { class: "legend" },
      legend("used", t("ui.friends", { count: used })),
      legend("pending", t("ui.seats.pending", { number: pending })),
      legend("free", left === 0 ? t("ui.seats.none_left") : t("ui.seats.left", { count: left })),
      el(
        "li",
        { class: "quiet" },
        el("span", {}, ...pieces("ui.read_from_plex", { time: time(readAt) })),
      ),
    ),
  );
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
