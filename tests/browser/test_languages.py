"""Pages in other languages: nothing overflows, is cut off, or is left in English."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from demo_plex import DemoPlex
from helpr_core.texts import ENGLISH, Message, catalogue, language, speaking, spoken
from helpr_core.texts.pseudo import TAG
from helpr_core.texts.pseudo import pseudo as pseudo_of
from tests.browser.conftest import DESKTOP, ROOT, NewPage, new_context
from tests.browser.live import LiveSite
from tests.browser.owner import Door, fill_log
from tests.browser.test_invite import RESULT
from tests.processes import forked
from tests.web.dashboard import ADMINISTRATOR, PASSWORD, USERNAME
from tests.web.rendered_pages import SENT, every_page
from tests.web.site_under_test import settings_for

SERVER = "Demo Plex"
HTML = "text/html; charset=utf-8"
LIST_JS = (ROOT / "static/dashboard/collected/list.js").read_text("utf-8")
NARROW = {"width": 320, "height": 640}
TOO_WIDE = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
# Visible and accessible text, except names, numbers, and somebody's own words.
LEFT_OVER = """() => {
  const texts = [];
  const skip = "script, template, code, pre, .brand, .chip-title, .languages, .reference, time";
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const parent = walker.currentNode.parentElement;
    if (!parent.closest(skip) && parent.checkVisibility()) {
      texts.push(walker.currentNode.textContent.trim());
    }
  }
  for (const name of ["aria-label", "title", "placeholder", "alt"]) {
    for (const one of document.querySelectorAll(`[${name}]`)) {
      if (!one.closest(skip) && one.checkVisibility()) texts.push(one.getAttribute(name));
    }
  }
  return texts.filter((text) => /[a-z]{3}/i.test(text));
}"""
# Elements whose text is wider than they are, and that can neither scroll nor abbreviate a name.
CUT_OFF = """() => [...document.querySelectorAll("body *")]
  .filter((one) => one.checkVisibility() && one.clientWidth > 1)
  .filter((one) => [...one.childNodes].some((node) => node.nodeType === 3 && node.data.trim()))
  .filter((one) => one.scrollWidth > one.clientWidth + 1)
  .map((one) => [one, getComputedStyle(one)])
  .filter(([, style]) => style.display !== "inline")
  .filter(([, style]) => !["auto", "scroll"].includes(style.overflowX))
  .filter(([, style]) => style.textOverflow !== "ellipsis")
  .map(([one]) => one.outerHTML.slice(0, 120))"""
NEXT_FRAME = "() => new Promise(requestAnimationFrame)"
ACCENTS = re.compile(r"[áçéîķñöšûý]|[\[\]]")
# Dates are written by the browser, and names are names.
OWN = re.compile(
    r"[A-Z][a-z]{2} \d+(, \d{4})?|@?example\.com|friend\d+|nobody1|carol|alice|bob|long|sam\.taylor"
    r"|olga-at-home|demo-owner|Demo Plex|(?:Movies|TV Shows|Kids|Music)(?:(?:, | and )TV Shows)?"
    r"|Android|iPhone, iPad"
)
# The content of the pages rendered for review: names, and an owner's texts.
WRITTEN_BY_OWNERS = {
    *("Attic Films", "Movie nights", "Take a seat.", "House rules", "Be kind", "Ask for films"),
    *("Movies", "TV Shows", "Kids", "Vinyl", "Holidays", "Concerts", "Robin", "MOVIE"),
}
# Not the overview, whose address is empty, and nothing that another view lists.
VIEWS = re.findall(r'"at":"([\w-]+)"', LIST_JS)


@pytest.fixture(scope="module")
def pseudo(plex: DemoPlex, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveSite]:
    """Helpr with the pseudo-language, and an owner."""
    plex.reset()
    folder: Path = tmp_path_factory.mktemp("pseudo")
    database = folder / "helpr.db"
    settings = settings_for(plex, database) | {"INVITE_CODE": ""} | ADMINISTRATOR
    with forked("--pseudo-language", settings=settings, log=folder / "helpr.log") as url:
        yield LiveSite(url, plex, database)


def assert_is_whole(page: Page, *own_words: str) -> None:
    """No text is left in English or cut off, and nothing is wider than the page."""
    texts = set(page.evaluate(LEFT_OVER)) - {SERVER, *own_words}
    english = {text for text in texts if not ACCENTS.search(text) and not OWN.fullmatch(text)}
    assert english == set()
    assert page.evaluate(CUT_OFF) == []
    assert not page.evaluate(TOO_WIDE)


@pytest.fixture(scope="module")
def friends_pages() -> Iterator[dict[str, str]]:
    """Every page for friends in every state, in the pseudo-language."""
    spoken.add(TAG, pseudo_of(catalogue.read(ENGLISH)))
    try:
        with speaking(TAG):
            pages = {name: page.body.decode() for name, page in every_page().items()}
        yield {name: body for name, body in pages.items() if name != "dashboard"}
    finally:
        spoken.remove(TAG)


def _answering(body: str) -> Callable[[Route], None]:
    return lambda route: route.fulfill(body=body, content_type=HTML)


@pytest.mark.parametrize(
    "viewport",
    [
        pytest.param(NARROW, id="narrow"),
        pytest.param(DESKTOP, id="desktop", marks=pytest.mark.thorough),
    ],
)
def test_every_page_for_friends_is_intact_in_a_longer_language(
    pseudo: LiveSite,
    friends_pages: dict[str, str],
    new_page: NewPage,
    viewport: dict[str, int],
) -> None:
    page = new_page(viewport=viewport, java_script_enabled=False)
    for name, body in friends_pages.items():
        address = f"{pseudo.url}/as-rendered/{name}"
        page.route(address, _answering(body))
        page.goto(address)
        expect(page.locator("html")).to_have_attribute("lang", TAG)
        assert_is_whole(page, *WRITTEN_BY_OWNERS, SENT.email_or_username)


@pytest.mark.parametrize("path", ["/", "/join/anything", "/nothing-here"])
def test_a_page_for_friends_fits_in_a_longer_language(
    pseudo: LiveSite, new_page: NewPage, path: str
) -> None:
    page = new_page(viewport=NARROW)
    page.goto(f"{pseudo.url}{path}?lang={TAG}")
    expect(page.locator("html")).to_have_attribute("lang", TAG)
    assert_is_whole(page)


def test_a_mistake_and_a_result_are_in_the_selected_language(
    pseudo: LiveSite, new_page: NewPage
) -> None:
    page = new_page(viewport=NARROW)
    page.goto(f"{pseudo.url}/?lang={TAG}")
    page.locator("#email_or_username").fill("wrong@")
    page.locator("#send").click()
    expect(page.locator("#email_or_username-error")).to_be_visible()
    assert_is_whole(page)

    page.locator("#email_or_username").fill("long@example.com")
    page.locator("#send").click()
    page.wait_for_url(RESULT)
    expect(page.locator("html")).to_have_attribute("lang", TAG)
    expect(page.locator(".lead")).to_contain_text("[")
    assert not page.evaluate(TOO_WIDE)


@pytest.fixture(scope="module")
def views_with_data(pseudo: LiveSite, browser: Browser) -> list[str]:
    """The dashboard's addresses, with something to show at each of them."""
    context = new_context(browser)
    door = Door(pseudo, context.request)
    door.sign_in()
    fill_log(pseudo, ["success", "failed", "queued", "awaiting_approval", "denied", "pending"])
    pseudo.plex.share("alice")
    pseudo.plex.share("bob")
    pseudo.plex.accept("bob")
    failed = door.friend_asks("nobody1", note="[please]")
    door.friend_asks("carol@example.com")
    door.ask("POST", "people/refresh")
    person = door.ask("GET", "people")["people"][0]["person_id"]
    context.close()
    below = [f"requests/{failed}", f"people/{person}", "people/operations", "people/drift"]
    return ["", *VIEWS, *below, "nowhere"]


def test_every_view_of_the_dashboard_is_intact_in_a_longer_language(
    pseudo: LiveSite, views_with_data: list[str], new_page: NewPage
) -> None:
    page = new_page(viewport=NARROW)
    page.goto(f"{pseudo.url}/dashboard?lang={TAG}")
    page.locator("#username").fill(USERNAME)
    page.locator("#password").fill(PASSWORD)
    assert_is_whole(page)
    page.locator("form.sign-in button[type=submit]").click()
    expect(page.locator("body")).to_have_class(re.compile(r"\bin\b"))
    for view in views_with_data:
        page.evaluate("document.querySelector('main h1').classList.add('before')")
        page.goto(f"{pseudo.url}/dashboard#/{view}")
        expect(page.locator("main h1:not(.before)")).to_be_visible()
        expect(page.locator("main .skeleton, [aria-busy=true]")).to_have_count(0)
        for width in (DESKTOP["width"], NARROW["width"]):
            page.set_viewport_size({"width": width, "height": 640})
            page.evaluate(NEXT_FRAME)  # its scripts have adapted to the size by then
            assert_is_whole(page, f"{pseudo.url}/")


@pytest.mark.parametrize("javascript", [True, False], ids=["script", "no script"])
def test_a_friend_switches_to_german_by_keyboard_and_is_remembered(
    site: LiveSite, new_page: NewPage, *, javascript: bool
) -> None:
    page = new_page(java_script_enabled=javascript)
    page.goto(site.url)
    page.get_by_role("link", name="Deutsch").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/?lang=de")
    page.goto(site.url)
    send = language("de").say(Message("form.send"))
    expect(page.get_by_role("button", name=send)).to_be_visible()
    expect(page.locator("html")).to_have_attribute("lang", "de")
