"""Pages in other languages: nothing overflows, and nothing is left in English."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from demo_plex import DemoPlex
from helpr_core.texts import language
from helpr_core.texts.message import Message
from helpr_core.texts.pseudo import TAG
from tests.browser.conftest import DESKTOP, ROOT, NewPage
from tests.browser.live import LiveSite
from tests.browser.test_invite import RESULT
from tests.servers.server_process import free_port, running
from tests.web.dashboard import ADMINISTRATOR, PASSWORD, USERNAME
from tests.web.site_under_test import settings_for

SERVER = "Demo Plex"
NARROW = {"width": 320, "height": 640}
TOO_WIDE = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
# What is shown, without what is a name, a number, or somebody's own words.
LEFT_OVER = """() => {
  const texts = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const parent = walker.currentNode.parentElement;
    const skip = "script, template, code, pre, .brand, .chip-title, .languages, .reference, time," +
     " dd, .detail, .fix, .hand-out ";
    if (parent.closest(skip) || !parent.checkVisibility()) continue;
    const text = walker.currentNode.textContent.trim();
    if (/[a-z]{3}/i.test(text)) texts.push(text);
  }
  return texts;
}"""


@pytest.fixture(scope="module")
def pseudo(plex: DemoPlex, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveSite]:
    """Helpr with the pseudo-language, and an owner."""
    plex.reset()
    folder: Path = tmp_path_factory.mktemp("pseudo")
    port, database = free_port(), folder / "helpr.db"
    command = [sys.executable, "-m", "helpr_core", "serve", "--port", str(port)]
    environment = settings_for(plex, database) | {"PYTHONPATH": str(ROOT), "INVITE_CODE": ""}
    environment |= ADMINISTRATOR
    with running(
        [*command, "--pseudo-language"],
        port=port,
        log=folder / "helpr.log",
        environment=environment,
    ):
        yield LiveSite(f"http://127.0.0.1:{port}", plex, database)


def assert_is_whole(page: Page) -> None:
    """No text is left in English, and nothing is wider than the page."""
    texts = set(page.evaluate(LEFT_OVER)) - {SERVER}
    assert {text for text in texts if not re.search(r"[áçéîķñöšûý]|\[", text)} == set()
    assert not page.evaluate(TOO_WIDE)


@pytest.mark.parametrize("path", ["/", "/join/anything", "/nothing-here"])
def test_a_page_for_friends_fits_in_a_longer_language(
    pseudo: LiveSite, new_page: NewPage, path: str
) -> None:
    page = new_page(viewport=NARROW)
    page.goto(f"{pseudo.url}{path}?lang={TAG}")
    expect(page.locator("html")).to_have_attribute("lang", TAG)
    assert_is_whole(page)


def test_a_mistake_and_a_result_are_in_the_language_that_was_switched_to(
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


@pytest.mark.parametrize("viewport", [NARROW, DESKTOP], ids=["narrow", "desktop"])
def test_the_dashboard_fits_in_a_longer_language(
    pseudo: LiveSite, new_page: NewPage, viewport: dict[str, int]
) -> None:
    page = new_page(viewport=viewport)
    page.goto(f"{pseudo.url}/dashboard?lang={TAG}")
    page.locator("#username").fill(USERNAME)
    page.locator("#password").fill(PASSWORD)
    page.locator("form.sign-in button[type=submit]").click()
    for view in ("", "requests", "libraries", "settings", "activity"):
        page.goto(f"{pseudo.url}/dashboard#/{view}")
        expect(page.locator("main .skeleton")).to_have_count(0)
        expect(page.locator("main h1")).to_contain_text("[")
        assert not page.evaluate(TOO_WIDE), view


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
