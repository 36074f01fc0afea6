"""Each state that a friend can see, with long data, in light and dark, at every size."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable

import pytest
from playwright.sync_api import Page, Route, expect

from helpr_core.texts import speaking
from helpr_core.web.pages import static_document
from tests.browser.conftest import NewPage
from tests.browser.friend_states import every_state
from tests.browser.test_look import AXE, COLOURS, RUN_AXE, TOO_WIDE

ORIGIN = "https://films.example"
STATES = every_state()
SIZES = ((320, 640), (360, 640), (1280, 800))
# One of each kind; test_look.py looks at the form, a result and a refusal as they are served.
KINDS = (
    "form with everything",
    "form with two errors",
    "form with a suggestion",
    "approval",
    "denied",
    "ended",
    "before Plex’s warning",
    "problem with what was typed",
    "setup",
)
ABOVE_THE_FOLD = (
    "form with nine libraries",
    "form by a link",
    "form with a place for a code",
)

# Each text is measured once, and compared only with those that begin beside it, from the top.
OVERLAPS = """() => {
  const has_text = it =>
    [...it.childNodes].some(node => node.nodeType === 3 && node.textContent.trim());
  const shown = [...document.querySelectorAll("main *")].filter(it => has_text(it) &&
    !it.closest("svg, .unseen, .ghost, thead, .scroll") && it.checkVisibility());
  const range = document.createRange();
  const box = (it, order) => { range.selectNodeContents(it);
    const a = range.getBoundingClientRect(), b = it.getBoundingClientRect();
    // What is cut off, by an ellipsis say, lies nowhere.
    return { it, order, left: Math.max(a.left, b.left), right: Math.min(a.right, b.right),
             top: Math.max(a.top, b.top), bottom: Math.min(a.bottom, b.bottom) }; };
  const boxes = shown.map(box).sort((a, b) => a.top - b.top);
  const found = [];
  for (const [at, a] of boxes.entries()) {
    for (let next = at + 1; next < boxes.length && boxes[next].top < a.bottom - 4; next++) {
      const b = boxes[next];
      const wide = Math.min(a.right, b.right) - Math.max(a.left, b.left);
      const high = Math.min(a.bottom, b.bottom) - b.top;
      if (wide <= 2 || high <= 4) continue;
      const [one, other] = a.order < b.order ? [a.it, b.it] : [b.it, a.it];
      if (one.contains(other)) continue;
      if (one.offsetParent && getComputedStyle(one).display !== "inline")
        found.push([one.className || one.tagName, other.className || other.tagName, high]);
    }
  }
  return found;
}"""
OUTSIDE = """() => [...document.querySelectorAll("main *")]
  .filter(it => it.checkVisibility() && !it.closest("svg, .unseen, .ghost, .names"))
  .filter(it => { const box = it.getBoundingClientRect();
    return box.right > innerWidth + 1 || box.left < -1; }).map(it => it.outerHTML.slice(0, 90))"""
BOTTOM = """() => Math.max(...["#email_or_username", "#send"].map(
  id => document.querySelector(id).getBoundingClientRect().bottom))"""


def show(page: Page, name: str) -> None:
    """That state's page, with the files that it references and no server."""
    document = STATES[name]

    def answer(route: Route) -> None:
        path = route.request.url.removeprefix(ORIGIN).split("?")[0]
        found = static_document(path.removeprefix("/static/")) if path != "/" else document
        if found is None:
            route.fulfill(status=404, body="{}")
        else:
            route.fulfill(body=found.body, content_type=found.content_type)

    page.unroute_all()
    page.route("**/*", answer)
    page.goto(f"{ORIGIN}/")


# What is wrong with the page at this width, with text as it is and doubled.
MISPLACED = f"""() => ["100%", "200%"].flatMap(size => {{
  document.documentElement.style.fontSize = size;
  const found = [{TOO_WIDE}, ({OUTSIDE})(), ({OVERLAPS})()];
  document.documentElement.style.fontSize = "";
  return found.flat().filter(it => it !== false).map(it => `${{size}}: ${{it}}`);
}})"""


def misplaced(page: Page, sizes: Iterable[tuple[int, int]]) -> list[str]:
    """What lies over something else, or outside, at each of these sizes of the window."""
    found: list[str] = []
    for width, height in sizes:
        page.set_viewport_size({"width": width, "height": height})
        found += (f"{width} px, {one}" for one in page.evaluate(MISPLACED))
    return found


@pytest.mark.parametrize(
    "sizes", [SIZES[:1], pytest.param(SIZES[1:], marks=pytest.mark.thorough)], ids=str
)
def test_every_state_has_its_place_with_long_data(
    page: Page, sizes: tuple[tuple[int, int], ...]
) -> None:
    found = {}
    for name in STATES:
        show(page, name)
        found[name] = misplaced(page, sizes)
    assert {name: problems for name, problems in found.items() if problems} == {}


@pytest.mark.parametrize(
    "names", [KINDS, pytest.param(STATES, marks=pytest.mark.thorough)], ids=["kinds", "all"]
)
def test_states_can_be_read_in_light_and_dark(new_page: NewPage, names: Iterable[str]) -> None:
    page = new_page()
    found = []
    for name in names:
        show(page, name)
        page.add_script_tag(path=AXE)
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            found += [(name, scheme, one) for one in page.evaluate(RUN_AXE, COLOURS)]
    assert found == []


LINES = """() => [...document.querySelectorAll("h1 .whole")]
  .map(it => new Set([...it.getClientRects()].map(box => box.top)).size)"""


def test_e_mail_stays_whole_in_the_heading(page: Page) -> None:
    show(page, "sent")

    assert page.locator("h1 .whole").inner_text() == "e-mail"
    for width in (320, 360, 375, 390, 412):
        page.set_viewport_size({"width": width, "height": 640})
        for size in ("100%", "200%"):
            page.evaluate("size => { document.documentElement.style.fontSize = size }", size)
            assert page.evaluate(LINES) == [1], (width, size)


MARKUP = re.compile(r"<[^>]*>")
WHOLE = re.compile(r'<span class="whole">[^<]*</span>')
E_MAIL = re.compile(r"\be-mails?\b(?!@)", re.IGNORECASE)


@pytest.mark.parametrize("language", ["en", "de"])
def test_e_mail_breaks_at_its_hyphen_on_no_page(language: str) -> None:
    with speaking(language):
        pages = {name: page.body.decode() for name, page in every_state().items()}
    for name, page in pages.items():
        main = page[page.index("<main") : page.rindex("</main>")]
        assert E_MAIL.findall(MARKUP.sub("", WHOLE.sub("", main))) == [], name


def test_an_error_from_the_script_does_not_break_in_e_mail(page: Page) -> None:
    show(page, "form")
    wrong = {"field": "email_or_username", "message": "Enter a Plex username or an e-mail address."}
    refusal = json.dumps({"status": 400, "code": "invalid_input", "errors": [wrong]})
    page.route("**/api/invites", lambda route: route.fulfill(status=400, body=refusal), times=1)

    page.locator("#send").click()

    expect(page.locator("#email_or_username-error")).to_have_text(f"Error: {wrong['message']}")
    expect(page.locator("#email_or_username-error .whole")).to_have_text("e-mail")


@pytest.mark.parametrize("name", ABOVE_THE_FOLD)
def test_field_and_button_are_visible_at_once(page: Page, name: str) -> None:
    for width, height in ((390, 664), (360, 640)):
        page.set_viewport_size({"width": width, "height": height})
        show(page, name)

        assert page.evaluate(BOTTOM) <= height, (width, height)


def test_all_libraries_unfold(page: Page) -> None:
    show(page, "form with nine libraries")
    assert page.get_by_text("and 7 more").is_visible()
    assert not page.get_by_text("Library 6").is_visible()

    page.get_by_text("and 7 more").click()

    assert page.get_by_text("Library 6").is_visible()


def test_the_code_field_unfolds(page: Page) -> None:
    show(page, "form with a place for a code")
    assert not page.get_by_label("Invite code").is_visible()

    page.get_by_text("I have a code").click()

    assert page.get_by_label("Invite code").is_visible()


def test_a_wrong_code_is_never_reported_in_the_folded_part(page: Page) -> None:
    show(page, "form with a place for a code")
    refusal = '{"status":403,"code":"invite_code_invalid","detail":"That code is wrong."}'
    page.route("**/api/invites", lambda route: route.fulfill(status=403, body=refusal), times=1)
    page.locator("#email_or_username").fill("friend@example.com")
    page.get_by_text("I have a code").click()
    page.get_by_label("Invite code").fill("wrong")
    page.get_by_text("I have a code").click()
    page.locator("#send").click()

    page.get_by_text("That code is wrong.").wait_for()

    assert page.get_by_label("Invite code").is_visible()


@pytest.mark.parametrize(
    ("zone", "day"), [("America/Los_Angeles", "Dec 31, 2026"), ("Pacific/Auckland", "Jan 1, 2027")]
)
def test_the_last_day_is_in_the_readers_time_zone(new_page: NewPage, zone: str, day: str) -> None:
    """An owner in Los Angeles entered 31 December; in UTC that is the first of January."""
    page = new_page(timezone_id=zone, locale="en-GB")
    show(page, "accepted, until a day")
    assert "until 1 Jan 2027 (UTC)" not in page.locator("main").inner_text()
    expect(page.get_by_text(f"Access lasts until {day}.")).to_be_visible()
    show(page, "ended")
    expect(page.get_by_text(f"Your access was for a limited time, until {day}.")).to_be_visible()
