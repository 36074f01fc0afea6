// @ts-check
// The address that friends get.

import { t } from "../../texts.js";
import { whileBusy } from "../parts/busy.js";
import { announce, el } from "../parts/dom.js";
import { icon } from "../parts/icons.js";

/** How things stand while the link leads to nothing that could be asked for. */
const CLOSED = ["paused", "full", "not_set_up"];

/** @param {import("../types.js").Overview} all */
export function handOut(all) {
  const link = all.public_url || `${window.location.origin}/`;
  const button = el("button", { type: "button", class: "plain" }, icon("copy"), t("ui.link.copy"));
  button.addEventListener("click", () => copy(button, link));
  return [
    el(
      "h3",
      { class: "label" },
      t(CLOSED.includes(all.friends.state ?? "") ? "ui.link.closed" : "ui.link.title"),
    ),
    el("p", { class: "hand-out" }, el("a", { href: link }, link), button),
  ];
}

/**
 * @param {HTMLButtonElement} button
 * @param {string} link
 */
function copy(button, link) {
  whileBusy(button, t("ui.link.copying"), () => navigator.clipboard.writeText(link))
    .then(() => button.replaceChildren(icon("good"), t("ui.link.copied")))
    .then(() => announce(t("ui.link.copied")))
    // Refused by the browser, or no HTTPS: the link stands there to be copied by hand.
    .catch(() => announce(t("ui.link.refused")));
}
