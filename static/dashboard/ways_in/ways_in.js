// @ts-check
// The ways into the dashboard: each is a section that loads itself.

import { pieces, t } from "../../texts.js";
import { el } from "../parts/dom.js";
import { passkeys } from "./passkeys.js";
import { secondFactor } from "./second_factor.js";

/** @type {import("../types.js").About} */
export const about = { at: "sign-in", title: "ui.ways_in.title", near: "settings" };
/** @type {import("../types.js").Shown} */
export const view = { open };

const SECTIONS = [secondFactor, passkeys];

/** @param {import("../types.js").Opened} opened */
function open({ place, signal }) {
  const browsers = el("a", { href: "#/browsers" }, t("ui.browsers.title"));
  place.append(
    el("p", { class: "lead" }, t("ui.ways_in.lead")),
    el("p", { class: "lead" }, ...pieces("ui.browsers.link", { browsers })),
    ...SECTIONS.map((section) => section(signal)),
  );
}
