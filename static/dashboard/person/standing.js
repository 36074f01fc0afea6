// @ts-check
// A person's access on each server, and ending it or inviting again.

import { has, pieces, t } from "../../texts.js";
import { factList } from "../parts/card.js";
import { confirmed } from "../parts/dialog.js";
import { breakable, el } from "../parts/dom.js";
import { exactDay, time } from "../parts/format.js";
import { notice } from "../parts/notice.js";
import { badge } from "../parts/status.js";
import { driftWords } from "../people/drift.js";
import { order, ordering } from "../people/orders.js";
import { from, marks, until } from "../people/table.js";
import { librariesOf, nameOf, otherNames, shareState } from "../people/words.js";

/** @typedef {import("../types.js").Person} Person */
/** @typedef {import("../types.js").PlexShare} PlexShare */
/** @typedef {import("./person.js").Ways} Ways */

/** @param {Person} person @param {Ways} ways */
export function standingCards(person, ways) {
  const several = person.shares.length > 1;
  return person.shares.map((share) => {
    const buttons = actions(person, share, ways);
    return el(
      "section",
      { class: "card", "aria-label": several ? share.server_name : t("ui.people.state") },
      several && el("h2", {}, share.server_name),
      el("p", { class: "standing" }, badge(shareState(share.state)), ...marks(person)),
      ...explained(person, share),
      buttons.length > 0 && el("div", { class: "actions" }, ...buttons),
      facts(person, share),
    );
  });
}

/** What is not clear from the state's name. @param {Person} person @param {PlexShare} share */
function explained(person, share) {
  const reason = `ui.gone.${share.gone_reason}`;
  const here = new Map(share.libraries.map(({ id, title }) => [id, title]));
  const differs = share.drift.filter((one) => !one.ignored);
  return [
    person.home &&
      notice("good", t("ui.person.in_home"), el("p", {}, t("ui.person.in_home_detail"))),
    share.state === "gone" && has(reason) && el("p", {}, t(reason)),
    share.state === "unknown" &&
      el(
        "p",
        {},
        ...(share.missing_since
          ? pieces("ui.person.missing", { time: time(share.missing_since) })
          : [t("ui.person.uncertain")]),
      ),
    differs.length > 0 &&
      notice(
        "wait",
        t("ui.person.differs_title"),
        el("ul", {}, ...differs.map((one) => el("li", {}, driftWords(one, here)))),
        el("a", { href: "#/people/drift" }, t("ui.person.differs_way")),
      ),
  ].filter((one) => one !== false);
}

/** @param {Person} person @param {PlexShare} share */
function facts(person, share) {
  /** @type {[string, any][]} */
  const pairs = [
    [t("ui.people_head.until"), until(person, share)],
    [t("ui.people_head.libraries"), librariesOf(share)],
    [t("ui.people_head.from"), from(share)],
    [t("ui.person.invited_on"), share.invited_at && exactDay(share.invited_at)],
    [t("ui.person.accepted_on"), share.accepted_at && exactDay(share.accepted_at)],
    ...otherNames(person).map(
      (name) => /** @type {[string, any]} */ ([t("ui.person.known_as"), breakable(name)]),
    ),
  ];
  return factList(pairs.filter((pair) => pair[1]));
}

/** @param {Person} person @param {PlexShare} share @param {Ways} ways */
function actions(person, share, { path, done, failed }) {
  if (person.home) return [];
  const name = nameOf(person);
  const where = `?server_id=${encodeURIComponent(share.server_id)}`;
  const again = ordering(
    el("button", { type: "button", class: "plain" }, t("ui.person.resend")),
    async () => {
      const title = t("ui.person.resend_title", { name });
      const detail = t(
        share.state === "gone" ? "ui.person.resend_gone" : "ui.person.resend_detail",
      );
      if (!(await confirmed(title, detail, t("ui.person.resend")))) return null;
      return order("POST", `${path}/resend${where}`, {});
    },
    done,
    failed,
  );
  const waits = share.state === "pending";
  const words = t(waits ? "ui.person.take_back" : "ui.person.remove");
  const remove = ordering(
    el("button", { type: "button", class: "danger" }, words),
    async () => {
      const title = t(waits ? "ui.person.take_back_title" : "ui.remove_title", { name });
      const detail = t(waits ? "ui.person.take_back_detail" : "ui.person.remove_detail");
      if (!(await confirmed(title, detail, words))) return null;
      return order("DELETE", `${path}${where}`);
    },
    done,
    failed,
  );
  if (share.state === "gone") return [again];
  if (share.state === "removing") return [];
  return waits ? [again, remove] : [remove];
}
