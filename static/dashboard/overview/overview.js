// @ts-check
// The overview: the check, the seats, who is waiting, the days, the newest requests.

import { pieces, t } from "../../texts.js";
import { get } from "../parts/api.js";
import { titledCard } from "../parts/card.js";
import { checkList, troubles, verdict } from "../parts/checks.js";
import { announce, el } from "../parts/dom.js";
import { icon } from "../parts/icons.js";
import { loadRest } from "../parts/later.js";
import { fill, lines } from "../parts/loader.js";
import { problemNotice } from "../parts/notice.js";
import { asProblem } from "../parts/problem.js";
import { address } from "../parts/router.js";
import { WAITING } from "../parts/words.js";
import { dailyCard } from "./daily.js";
import { firstStepsCard } from "./first_steps.js";
import { handOut } from "./hand_out.js";
import { newestCard } from "./newest.js";
import { noticesCard } from "./notices.js";
import { peopleCard } from "./people.js";
import { seatsCard } from "./seats.js";
import { waitingCard } from "./waiting.js";

/** @typedef {import("../types.js").Overview} Overview */
/** @typedef {import("../types.js").Opened} Opened */

/** @type {import("../types.js").About} */
export const about = {
  at: "",
  title: "ui.overview.title",
  menu: {
    order: 10,
    drawing: "M4 13a8 8 0 0 1 16 0M12 13l3.5-3.5M5 18h14",
  },
};
/** @type {import("../types.js").Shown} */
export const view = { open, update, refresh };

/**
 * @param {Opened} opened
 * @param {HTMLElement} [told] the result of an action on this page, shown on top
 */
function open(opened, told) {
  const { place, signal } = opened;
  const back = takenBack();
  if (back) {
    place.replaceChildren(lines(4, "card"));
    finish(back).then((done) => !signal.aborted && open(opened, done));
    return;
  }
  const part = el("div", { class: "stack" });
  place.replaceChildren(part);
  fill({
    place: part,
    signal,
    skeleton: () => [
      pair(lines(4, "card"), lines(4, "card")),
      pair(lines(8, "card"), lines(8, "card")),
    ],
    load: async () => {
      // Requested at once, shown with the rest, so that nothing on the page moves.
      const daily = dailyCard(opened);
      return { daily, all: /** @type {Overview} */ (await get("overview", signal)) };
    },
    show: ({ all, daily }) => [...(told ? [told] : []), ...shown(all, daily, opened)],
  }).then(() => told?.focus());
}

/** The sign-in that Plex has sent the browser back from; once, so that no reload repeats it. */
function takenBack() {
  const id = new URLSearchParams(window.location.search).get("plex");
  if (id) window.history.replaceState(null, "", window.location.pathname + window.location.hash);
  return id;
}

/** @param {string} id */
async function finish(id) {
  announce(t("ui.again.finishing"));
  try {
    return await (await loadRest()).backFromPlex(id);
  } catch (thrown) {
    return problemNotice(asProblem(thrown));
  }
}

/**
 * Replaces what has changed.
 * @param {Opened} opened
 * @param {() => boolean} isInUse
 */
async function refresh(opened, isInUse) {
  const { place, signal } = opened;
  const part = place.firstElementChild;
  const daily = /** @type {HTMLElement | null} */ (place.querySelector("#daily-card"));
  if (!part || !daily || part.hasAttribute("aria-busy")) return false;
  /** @type {Overview} */
  let all;
  try {
    all = await get("overview", signal);
  } catch {
    return false; // the view was left, or the next turn asks again
  }
  if (!daily.isConnected || isInUse()) return false; // since the question
  const top = window.scrollY;
  part.replaceChildren(...shown(all, daily, opened));
  window.scrollTo(0, top);
  return true;
}

/** Another span of days only affects the chart. @param {Opened} opened */
function update(opened) {
  const old = opened.place.querySelector("#daily-card");
  if (!old) {
    open(opened);
    return;
  }
  const daily = dailyCard(opened);
  const hadFocus = old.contains(document.activeElement);
  old.replaceWith(daily);
  if (hadFocus) /** @type {HTMLElement} */ (daily.querySelector("[aria-current]")).focus();
}

/**
 * @param {Overview} all
 * @param {HTMLElement} daily
 * @param {Opened} opened
 */
function shown(all, daily, opened) {
  const waiting = all.awaiting ?? [];
  const { card: newest, answered } = newestCard(all);
  const count = all.counts?.[WAITING] ?? 0;
  opened.setWaiting(count);
  const again = (/** @type {HTMLElement} */ done) => open(opened, done);
  const steps = firstStepsCard(all.first_steps);
  daily.hidden = steps.length > 0;
  return [
    topLine(all),
    ...steps,
    ...(waiting.length > 0 ? [waitingCard(waiting, count, answered, again)] : []),
    pair(statusCard(all), all.seats ? seatsCard(all.seats) : unknownSeats()),
    ...peopleCard(all.people),
    pair(
      daily,
      el(
        "div",
        { class: "stack" },
        ...(all.recent ? [newest] : []),
        ...noticesCard(all.notices ?? [], waiting.length === 0),
      ),
    ),
  ];
}

/** What a friend would experience now. @param {Overview} all */
function topLine({ friends }) {
  const drawing = { good: "good", wait: "warning", bad: "bad" }[friends.tone];
  return el("p", { class: `friends ${friends.tone}` }, icon(drawing), el("span", {}, friends.line));
}

function unknownSeats() {
  const way = el("a", { href: address(["check"]) }, t("ui.overview.run_check"));
  const words = pieces("ui.overview.seats_unknown", { link: way });
  return titledCard(t("ui.check_name.seats"), el("p", { class: "quiet" }, ...words));
}

/** @param {Overview} all */
function statusCard(all) {
  const found = troubles(all.checks);
  const { title, tone, icon: drawing } = verdict(all.checks);
  const every = el(
    "details",
    {},
    el("summary", {}, t("ui.overview.all_checks", { count: all.checks.length })),
    checkList(all.checks),
  );
  return el(
    "section",
    { class: `card verdict ${tone}`, "aria-labelledby": "verdict" },
    el("h2", { id: "verdict" }, icon(drawing), title),
    found.length > 0 && checkList(found),
    every,
    ...handOut(all),
  );
}

/** @param {...Node} content */
function pair(...content) {
  return el("div", { class: "pair" }, ...content);
}
