// @ts-check
// The address to hand out to friends, with the invite code in it if they need one.

import { t } from "../../texts.js";
import { copyButton, shareButton } from "../parts/copy.js";
import { el } from "../parts/dom.js";

/** The standings in which nobody can ask through the link. */
const CLOSED = ["paused", "full", "not_set_up"];

/** @param {import("../types.js").Overview} all */
export function handOut(all) {
  const link = new URL(all.link, window.location.origin).href;
  return [
    el(
      "h3",
      { class: "label" },
      t(CLOSED.includes(all.friends.state ?? "") ? "ui.link.closed" : "ui.link.title"),
    ),
    el(
      "p",
      { class: "hand-out" },
      el("a", { href: link }, link),
      copyButton(link),
      shareButton(link, all.server_name),
    ),
  ];
}
