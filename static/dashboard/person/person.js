// @ts-check
// One person: their access, its end, what was promised, and their whole history.

import { t } from "../../texts.js";
import { get } from "../parts/api.js";
import { titledCard } from "../parts/card.js";
import { el } from "../parts/dom.js";
import { icon } from "../parts/icons.js";
import { fill, lines } from "../parts/loader.js";
import { tell, tellProblem } from "../parts/notice.js";
import { listAddress } from "../people/filter.js";
import { isOpen, operationLine } from "../people/operation_line.js";
import { whileOpen } from "../people/progress.js";
import { nameOf } from "../people/words.js";
import { accessCards } from "./access.js";
import { librariesCards } from "./libraries.js";
import { notesCard } from "./notes.js";
import { privacyCard } from "./privacy.js";
import { restrictionsCard } from "./restrictions.js";
import { standingCards } from "./standing.js";
import { story } from "./story.js";

/** @typedef {import("../types.js").Opened} Opened */
/** @typedef {import("../types.js").PersonStory} PersonStory */
/** @typedef {{ done: (said: HTMLElement) => Promise<unknown>, failed: (thrown: unknown) => void,
 *   path: string }} Ways what a card does when something was ordered, or refused */

/** @type {import("../types.js").About} */
export const about = { at: "people/*", title: "ui.person.title" };
/** @type {import("../types.js").Shown} */
export const view = { open };

/** @param {Opened} opened */
function open({ place, route, signal, setHeading }) {
  const said = el("div");
  const part = el("div", { class: "stack" });
  const back = el("a", { class: "back", href: listAddress() }, icon("back"), t("ui.people.all"));
  place.append(el("p", {}, back), said, part);
  const path = `people/${encodeURIComponent(route.path[1] ?? "")}`;
  const load = () => get(path, signal);
  /** @type {Ways} */
  const ways = {
    path,
    failed: (thrown) => tellProblem(said, thrown),
    done: async (told) => {
      tell(said, told);
      await read(() => []);
    },
  };
  const read = async (/** @type {() => Node[]} */ skeleton) => {
    const live = el("div", { class: "stack" });
    const past = el("div", { class: "stack" });
    const show = (/** @type {PersonStory} */ got) => {
      showLive(got, live, past, ways);
      return [live, ...cards(got, ways), past];
    };
    const got = await fill({ place: part, signal, skeleton, load, show });
    if (!got) return;
    setHeading(nameOf(got));
    follow(got, live, past);
  };
  /** Nothing is typed in what is rendered again, so no draft is lost.
   * @param {PersonStory} first @param {HTMLElement} live @param {HTMLElement} past
   */
  const follow = (first, live, past) => {
    if (!first.operations.some(isOpen)) return;
    whileOpen(
      () => !signal.aborted && live.isConnected,
      async () => {
        const now = /** @type {PersonStory} */ (await load());
        if (live.contains(document.activeElement)) return true;
        showLive(now, live, past, ways);
        return now.operations.some(isOpen);
      },
    );
  };
  read(() => [lines(5, "card"), lines(4, "card")]);
}

/**
 * @param {PersonStory} got
 * @param {HTMLElement} live
 * @param {HTMLElement} past
 * @param {Ways} ways
 */
function showLive(got, live, past, ways) {
  live.replaceChildren(...standingCards(got, ways), ...underWay(got, ways));
  past.replaceChildren(story(got), privacyCard(got, ways));
}

/** @param {PersonStory} got @param {Ways} ways */
function cards(got, ways) {
  return [
    ...accessCards(got, ways),
    ...librariesCards(got, ways),
    restrictionsCard(got, ways),
    notesCard(got, ways),
  ];
}

/** What is promised but not yet done, or has failed. @param {PersonStory} got @param {Ways} ways */
function underWay(got, { done, failed }) {
  const last = got.operations[got.operations.length - 1];
  const wanted = got.operations.filter(
    (one) => isOpen(one) || (one.state === "failed" && one === last),
  );
  if (wanted.length === 0) return [];
  const list = el("ul", { class: "operations" });
  list.append(...wanted.map((one) => operationLine(one, done, failed)));
  return [titledCard(t("ui.person.under_way"), list)];
}
