// @ts-check
// Presets of restrictions: one to start from, and those of the owner's own kept and deleted.

import { t } from "../../texts.js";
import { call, get, post } from "../parts/api.js";
import { whileBusy } from "../parts/busy.js";
import { confirmed } from "../parts/dialog.js";
import { el } from "../parts/dom.js";
import { attempt, field, formOf, textInput } from "../parts/forms.js";
import { notice, tell } from "../parts/notice.js";
import { presetField } from "../parts/presets.js";

/** @typedef {import("../types.js").Preset} Preset */

/**
 * The choice, and the form that keeps what the fields say under a name. Both show the presets that
 * there are after each change; what stands in the fields stays.
 * @param {Preset[]} first
 * @param {(restrictions: Preset["restrictions"]) => void} fillIn
 * @param {() => object} typed what the fields say
 */
export function presetParts(first, fillIn, typed) {
  const choice = el("div", { class: "stack" });
  const said = el("div");
  const show = (/** @type {Preset[]} */ presets) => {
    const remove = el("div", { hidden: true });
    const chosen = (/** @type {Preset | undefined} */ one) => {
      remove.hidden = !one?.name;
      remove.replaceChildren(...(one?.name ? [deleteButton(one, said, again)] : []));
    };
    choice.replaceChildren(presetField(presets, fillIn, chosen), remove);
  };
  const again = async (/** @type {string} */ words) => {
    show((await get("presets")).presets);
    tell(said, notice("good", words));
  };
  show(first);
  return { choice, keep: el("div", { class: "stack spaced" }, said, keepForm(typed, said, again)) };
}

/**
 * @param {Preset} preset one of the owner's own
 * @param {HTMLElement} said
 * @param {(words: string) => Promise<unknown>} again
 */
function deleteButton(preset, said, again) {
  const name = preset.name ?? "";
  const words = t("ui.preset.delete", { name });
  const button = el("button", { type: "button", class: "plain" }, words);
  button.addEventListener("click", async () => {
    const title = t("ui.delete_title", { name });
    if (!(await confirmed(title, t("ui.preset.delete_detail"), words))) return;
    whileBusy(button, t("ui.saving"), () =>
      attempt(said, said, async () => {
        await call("DELETE", `presets/${encodeURIComponent(preset.preset_id)}`);
        await again(t("ui.preset.deleted", { name }));
      }),
    );
  });
  return el("p", { class: "actions" }, button);
}

/**
 * @param {() => object} typed
 * @param {HTMLElement} said
 * @param {(words: string) => Promise<unknown>} again
 */
function keepForm(typed, said, again) {
  const name = textInput("name", { maxlength: 60 });
  return formOf({
    fields: [field({ label: t("ui.preset.name"), hint: t("ui.preset.name_hint"), control: name })],
    button: el("button", { type: "submit", class: "plain" }, t("ui.preset.keep")),
    busy: t("ui.saving"),
    send: async () => {
      said.replaceChildren();
      const called = name.value.trim();
      await post("presets", { name: called, restrictions: typed() });
      name.value = "";
      await again(t("ui.preset.kept", { name: called }));
    },
  });
}
