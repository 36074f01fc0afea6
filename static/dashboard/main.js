// @ts-check
// The dashboard: signs in, then shows the view that the address names.

import { t } from "../texts.js";
import { closeSession } from "./parts/api.js";
import { whileBusy } from "./parts/busy.js";
import { byId, el } from "./parts/dom.js";
import { keepTimesRight } from "./parts/format.js";
import { lines } from "./parts/loader.js";
import { fitNavigation, markNavigation } from "./parts/navigation.js";
import { problemNotice } from "./parts/notice.js";
import { asProblem } from "./parts/problem.js";
import { watch } from "./parts/pulse.js";
import { parse } from "./parts/router.js";
import { isUndecided, sendNow } from "./parts/undo.js";
import { inFront } from "./sign_in/in_front.js";
import { resume, signedIn } from "./sign_in/session.js";
import { signInForm } from "./sign_in/sign_in.js";
import { backToView, ways, withPlex } from "./sign_in/with_plex.js";
import { viewOf } from "./views.js";

/** @typedef {import("./types.js").View} View */
/** @typedef {import("./types.js").Opened} Opened */

const main = byId("main");
const shellTitle = document.title;
const asItCame = /** @type {HTMLElement} */ (main.cloneNode(true));

/** What is shown now. @type {{ view: View, key: string, leave: AbortController, opened: Opened } | null} */
let current = null;

/**
 * A new heading in an empty <main>.
 * @param {string} title
 */
function begin(title) {
  viewTitle = title;
  const heading = el("h1", { tabindex: "-1" }, title);
  const place = el("div", { class: "stack" });
  main.replaceChildren(heading, place);
  nameTab();
  return { heading, place };
}

let viewTitle = "";
/** How many requests are waiting for approval. */
let awaiting = 0;

/** The view, and before it how many wait. */
function nameTab() {
  document.title = `${awaiting > 0 ? `(${awaiting}) ` : ""}${viewTitle} · ${shellTitle}`;
}

/** Whether somebody reads or is about to press something: it stays unchanged for now. */
function isInUse() {
  const inUse =
    document.querySelector("dialog[open]") ?? main.querySelector(".stack :focus:not(.stack)");
  return isUndecided() || inUse !== null;
}

/** @param {number} count @returns whether the view shows it, if it shows such things at all */
async function changed(count) {
  awaiting = count;
  nameTab();
  if (!current?.view.refresh) return true;
  return !isInUse() && current.view.refresh(current.opened, isInUse);
}

/** Shows the view of the address. @param {boolean} moved whether somebody came from another view */
function show(moved) {
  const route = parse(window.location.hash);
  if (!route) return;
  const view = viewOf(route);
  const key = route.path.join("/");
  current?.leave.abort();
  const leave = new AbortController();
  if (current?.view.update && current.key === key) {
    const opened = { ...current.opened, route, signal: leave.signal };
    current = { view, key, leave, opened };
    view.update?.(opened);
    return;
  }
  sendNow();
  const { heading, place } = begin(view.title);
  const setHeading = (/** @type {string} */ title) => {
    heading.textContent = title;
    viewTitle = title;
    nameTab();
  };
  const setWaiting = (/** @type {number} */ count) => {
    awaiting = count;
    nameTab();
  };
  const opened = { place, route, signal: leave.signal, setHeading, setWaiting };
  current = { view, key, leave, opened };
  markNavigation(view.near ?? route.path[0] ?? "");
  try {
    view.open(opened);
  } catch (thrown) {
    place.replaceChildren(
      problemNotice(
        asProblem(thrown),
        el("p", {}, el("a", { href: "/dashboard" }, t("ui.reload"))),
      ),
    );
  }
  if (moved) {
    heading.focus({ preventScroll: true });
    window.scrollTo(0, 0);
  }
}

function enter() {
  document.body.classList.remove("out");
  document.body.classList.add("in");
  window.addEventListener("hashchange", () => show(true));
  watch(changed);
  show(false);
}

function showSignIn() {
  const { place } = begin(t("ui.sign_in"));
  const done = (/** @type {import("./parts/api.js").Session} */ session) => {
    signedIn(session);
    enter();
    /** @type {HTMLElement | null} */ (main.querySelector("h1"))?.focus();
  };
  const card = el("section", { class: "card signing-in" }, el("p", {}, t("ui.owners_side")));
  place.append(card);
  document.body.classList.add("out");
  const form = ways().includes("password") ? signInForm(done) : null;
  card.append(...[inFront(done), form, withPlex()].filter((one) => one !== null));
  /** @type {HTMLElement | null} */ (card.querySelector("input, button"))?.focus();
}

async function start() {
  try {
    if (await resume()) {
      backToView();
      enter();
    } else showSignIn();
  } catch (thrown) {
    const { place } = begin(t("ui.dashboard"));
    const again = el("button", { type: "button", class: "plain" }, t("ui.try_again"));
    again.addEventListener("click", () => {
      place.replaceChildren(lines(4, "card"));
      start();
    });
    place.append(problemNotice(asProblem(thrown), again));
  }
}

/** @param {Event} event */
function signOut(event) {
  const button = /** @type {HTMLButtonElement} */ (event.currentTarget);
  whileBusy(button, t("ui.signing_out"), async () => {
    try {
      await sendNow();
      await closeSession();
      // A new document: nothing of this one stays in memory.
      window.location.assign(window.location.pathname);
    } catch (thrown) {
      const told = problemNotice(asProblem(thrown));
      main.querySelector("h1")?.after(told);
      told.focus();
    }
  });
}

byId("sign-out").addEventListener("click", signOut);
byId("skip").addEventListener("click", (event) => {
  // Not followed: the hash is the view's address.
  event.preventDefault();
  main.focus();
});
keepTimesRight();
fitNavigation();
start().catch((thrown) => {
  console.error(thrown);
  // What the page came with, in its first state: words that need none of the above.
  main.replaceWith(asItCame);
  asItCame.classList.add("failed");
});
