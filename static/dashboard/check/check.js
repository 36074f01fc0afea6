// @ts-check
// The connection, checked now, layer by layer.

import { pieces, t } from "../../texts.js";
import { get } from "../parts/api.js";
import { whileBusy } from "../parts/busy.js";
import { checkList, timesTaken, verdict } from "../parts/checks.js";
import { announce, el } from "../parts/dom.js";
import { time } from "../parts/format.js";
import { icon } from "../parts/icons.js";
import { fill, lines } from "../parts/loader.js";

/** @typedef {import("../types.js").Check} Check */

/** @type {import("../types.js").About} */
export const about = {
  at: "check",
  title: "ui.check.title",
  menu: {
    order: 70,
    name: "ui.check.short",
    drawing: "M3 12h4l2.5-6.5 5 13L17 12h4",
  },
};
/** @type {import("../types.js").Shown} */
export const view = { open };

/** @param {import("../types.js").Opened} opened */
function open({ place, signal }) {
  const part = el("div", { class: "stack" });
  const button = el(
    "button",
    { type: "button", class: "plain" },
    icon("refresh"),
    t("ui.check.again"),
  );
  const run = () =>
    fill({
      place: part,
      signal,
      skeleton: () => [lines(12, "card")],
      load: () => get("connection", signal),
      show: ({ checks }) => shown(checks),
    });
  button.addEventListener("click", () =>
    whileBusy(button, t("ui.check.busy"), async () => void (await run())),
  );
  place.append(
    el("p", { class: "lead" }, t("ui.check.lead")),
    el("div", { class: "actions" }, button),
    part,
  );
  whileBusy(button, t("ui.check.busy"), async () => void (await run()));
}

/** @param {Check[]} checks */
function shown(checks) {
  const { title, tone, icon: drawing } = verdict(checks);
  announce(title);
  return [
    el(
      "section",
      { class: `card verdict ${tone}` },
      el("h2", {}, icon(drawing), title),
      el(
        "p",
        { class: "quiet" },
        ...pieces("ui.check.checked", { time: time(new Date().toISOString()) }),
      ),
      checkList(checks),
      timesTaken(checks),
    ),
  ];
}
