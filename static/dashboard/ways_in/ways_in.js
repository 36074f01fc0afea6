// @ts-check
// What it takes to get into the dashboard: each way is a section that fills itself.

import { pieces, t } from "../../texts.js";
import { el } from "../parts/dom.js";
import { passkeys } from "./passkeys.js";
import { secondFactor } from "./second_factor.js";

/** @type {import("../types.js").View} */
export const waysIn = { title: t("ui.ways_in.title"), open };

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
