"""The result page follows a request: by script, and by reloading itself without one."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, Request, expect

from tests.browser.conftest import NewPage, stop_clock
from tests.browser.live import LiveSite
from tests.browser.test_invite import RESULT, ask

STATUS = re.compile(r"/api/invites/")
HALF_A_MINUTE_MS = 30_000
HIDE = """hidden => {
  Object.defineProperty(document, "hidden", { value: hidden, configurable: true });
  document.dispatchEvent(new Event("visibilitychange"));
}"""


def _queued(page: Page, site: LiveSite, name: str) -> None:
    # A refused token keeps a request without pausing the calls to Plex.
    site.plex.fail("invalid_token", method="POST")
    ask(page, site, name)
    page.wait_for_url(RESULT)
    site.postpone(name)
    expect(page.get_by_role("heading", level=1)).to_have_text("We’re keeping your request")


class Questions:
    """The status requests of a page, from now on."""

    def __init__(self, page: Page) -> None:
        self.asked: list[Request] = []
        self._open: set[Request] = set()
        self._page = page
        page.on("request", self._sent)
        page.on("requestfinished", self._over)
        page.on("requestfailed", self._over)

    def _sent(self, request: Request) -> None:
        if STATUS.search(request.url):
            self.asked.append(request)
            self._open.add(request)

    def _over(self, request: Request) -> None:
        self._open.discard(request)

    def wait_for_answers(self) -> None:
        """The page's clock may run far faster than the server."""
        while self._open:
            self._page.wait_for_timeout(20)


def test_a_kept_request_becomes_sent_without_a_reload(site: LiveSite, new_page: NewPage) -> None:
    page = new_page()
    _queued(page, site, "kept@example.com")
    page.evaluate("window.sameDocument = true")
    page.get_by_role("heading", level=1).focus()

    site.settle("kept@example.com")

    sent = "Open the e-mail from Plex and tap Accept"
    expect(page.get_by_role("heading", level=1)).to_have_text(sent)
    expect(page.get_by_role("status")).to_contain_text(sent)
    expect(page).to_have_title(re.compile(sent))
    expect(page.get_by_role("heading", level=1)).to_be_focused()
    assert page.evaluate("window.sameDocument") is True


def test_an_open_page_shows_within_a_minute_that_the_friend_accepted(
    site: LiveSite, page: Page
) -> None:
    stop_clock(page)
    name = "accepts@example.com"
    ask(page, site, name)
    page.wait_for_url(RESULT)
    site.sent_a_minute_ago(name)  # nobody is expected to have read the email in 20 s
    questions = Questions(page)

    site.plex.accept(name)

    page.wait_for_timeout(HALF_A_MINUTE_MS)  # by then the server looks at plex.tv again
    accepted = page.get_by_role("heading", name="You’re in")
    while not accepted.is_visible():
        page.clock.run_for(2_000)
        page.wait_for_timeout(50)
    # One is enough, in the other half of the minute, unless plex.tv was too slow for it.
    assert 1 <= len(questions.asked) <= 10


def test_a_kept_request_becomes_sent_without_javascript(site: LiveSite, new_page: NewPage) -> None:
    page = new_page(java_script_enabled=False)
    _queued(page, site, "plain@example.com")

    site.settle("plain@example.com")

    sent = "Open the e-mail from Plex and tap Accept"
    expect(page.get_by_role("heading", level=1)).to_have_text(sent)


def test_a_hidden_page_does_not_poll(site: LiveSite, page: Page) -> None:
    stop_clock(page)
    _queued(page, site, "hidden@example.com")
    questions = Questions(page)

    page.evaluate(HIDE, True)
    page.clock.run_for(120_000)
    page.wait_for_timeout(100)
    assert questions.asked == []

    with page.expect_response("**/api/invites/*"):
        page.evaluate(HIDE, False)
        page.clock.run_for(10_000)
    assert len(questions.asked) >= 1


@pytest.mark.thorough
def test_the_page_polls_less_and_less_often(site: LiveSite, page: Page) -> None:
    stop_clock(page)
    _queued(page, site, "patient@example.com")
    questions = Questions(page)

    for _ in range(300):
        page.clock.run_for(2_000)
        questions.wait_for_answers()

    # Every 3 s would be 200 times in these ten minutes, every 30 s 20 times.
    assert 15 <= len(questions.asked) <= 30
