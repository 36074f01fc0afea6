// @ts-check
// The owner invites somebody: the usual libraries, or others for this one.

import { t } from "../../texts.js";
import { outcome } from "../parts/actions.js";
import { get, post } from "../parts/api.js";
import { startOfDay } from "../parts/days.js";
import { el } from "../parts/dom.js";
import { draft, dropDraft, keepDraft } from "../parts/drafts.js";
import { field, formOf, showProblem, textInput } from "../parts/forms.js";
import { icon } from "../parts/icons.js";
import { fill, lines } from "../parts/loader.js";
import { tell } from "../parts/notice.js";
import { asProblem } from "../parts/problem.js";
import { address } from "../parts/router.js";
import { serverChoice } from "../parts/servers.js";
import { libraryTicks, ticked } from "../parts/ticks.js";

/** @typedef {import("../types.js").Row} Row */

const DRAFT = "invite";

/** @param {() => void} onSent */
export function inviteForm(onSent) {
  const typed = draft(DRAFT) ?? "";
  const name = textInput("email_or_username", {
    inputmode: "email",
    autocapitalize: "none",
    spellcheck: "false",
    value: typed,
  });
  name.addEventListener("input", () =>
    name.value ? keepDraft(DRAFT, name.value) : dropDraft(DRAFT),
  );
  const from = el("input", { type: "date", name: "access_from" });
  // Sent back, it confirms that the questioned address is right.
  const confirmed = el("input", { type: "hidden", name: "confirmed" });
  const hint = t("ui.invite.hint");
  const form = formOf({
    fields: [
      field({ label: t("ui.field.email_or_username"), hint, control: name }),
      confirmed,
      field({ label: t("ui.invite.access_from"), hint: t("ui.invite.later"), control: from }),
      otherLibraries(),
    ],
    button: el("button", { type: "submit" }, t("ui.invite.send")),
    busy: t("ui.asking_plex"),
    send: (form, place) => send(form, place, { name, confirmed, from }, onSent),
  });
  return el(
    "details",
    { class: "card invite", open: typed !== "" },
    el("summary", {}, icon("add"), t("ui.invite.title")),
    form,
  );
}

/**
 * @param {HTMLElement} form
 * @param {HTMLElement} place
 * @param {Record<"name" | "confirmed" | "from", HTMLInputElement>} inputs
 * @param {() => void} onSent
 */
async function send(form, place, { name, confirmed, from }, onSent) {
  const others = form.querySelector("details[open]");
  const libraries = others?.querySelector("fieldset") ? ticked(form) : undefined;
  const server = /** @type {HTMLSelectElement | null | undefined} */ (
    others?.querySelector("select")
  );
  try {
    const fields = {
      email_or_username: name.value,
      confirmed: confirmed.value,
      libraries,
      server_id: server?.value,
      access_from: startOfDay(from.value),
    };
    const row = /** @type {Row} */ (await post("invites", fields));
    dropDraft(DRAFT);
    name.value = confirmed.value = from.value = "";
    tell(place, outcome(row));
    onSent();
  } catch (thrown) {
    confirmed.value = asProblem(thrown).body.suggestion ? name.value : "";
    refused(form, place, thrown);
    onSent();
  }
}

/**
 * @param {HTMLElement} form
 * @param {HTMLElement} place
 * @param {unknown} thrown
 */
function refused(form, place, thrown) {
  const problem = asProblem(thrown);
  showProblem(place, form, problem);
  const id = String(problem.body.instance ?? "")
    .split("/")
    .pop();
  if (!id) return;
  const link = el("a", { href: address(["requests", id]) }, t("ui.invite.history"));
  place.querySelector(".notice > div")?.append(el("p", {}, link));
}

/** Read only if somebody wants other than the usual ones. */
function otherLibraries() {
  const place = el("div");
  const details = el("details", {}, el("summary", {}, t("ui.invite.other_libraries")), place);
  const read = (/** @type {string} */ server) =>
    fill({
      place,
      signal: new AbortController().signal,
      skeleton: () => [lines(3)],
      load: () => get(`libraries${server && `?server_id=${encodeURIComponent(server)}`}`),
      show: (got) => {
        const ticks = libraryTicks(got.libraries, t("ui.invite.libraries"), "libraries");
        const choice = serverChoice(got, read);
        return choice ? [choice, ticks] : [ticks];
      },
    });
  details.addEventListener("toggle", () => read(""), { once: true });
  return details;
}
