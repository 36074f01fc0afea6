"""The result page follows a request: by script, and by reloading itself without one."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Request, expect

from tests.browser.conftest import NewPage
from tests.browser.live import LiveSite
from tests.browser.test_invite import RESULT, ask

STATUS = re.compile(r"/api/invites/")
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


def _keep_questions(heard: list[Request]) -> Callable[[Request], None]:
    """Appends each status request of the page to that list."""

    def keep(request: Request) -> None:
        if STATUS.search(request.url):
            heard.append(request)

    return keep


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
    page.clock.install()
    name = "accepts@example.com"
    ask(page, site, name)
    page.wait_for_url(RESULT)
    site.sent_a_minute_ago(name)  # nobody is expected to have read the email in 20 s

    site.plex.accept(name)

    heading = page.get_by_role("heading", level=1)
    for _ in range(30):  # a minute on the page's clock
        page.clock.run_for(2_000)
        if heading.inner_text() == "You’re in":
            break
        page.wait_for_timeout(1_000)  # plex.tv is asked twice a minute, on the server's clock
    expect(heading).to_have_text("You’re in", timeout=1_000)


def test_a_kept_request_becomes_sent_without_javascript(site: LiveSite, new_page: NewPage) -> None:
    page = new_page(java_script_enabled=False)
    _queued(page, site, "plain@example.com")

    site.settle("plain@example.com")

    sent = "Open the e-mail from Plex and tap Accept"
    expect(page.get_by_role("heading", level=1)).to_have_text(sent)


def test_a_hidden_page_does_not_poll(site: LiveSite, page: Page) -> None:
    asked: list[Request] = []
    page.clock.install()
    _queued(page, site, "hidden@example.com")
    page.on("request", _keep_questions(asked))

    page.evaluate(HIDE, True)
    page.clock.run_for(120_000)
    assert asked == []

    with page.expect_response("**/api/invites/*"):
        page.evaluate(HIDE, False)
        page.clock.run_for(10_000)
    assert len(asked) >= 1


@pytest.mark.thorough
def test_the_page_polls_less_and_less_often(site: LiveSite, page: Page) -> None:
    asked: list[Request] = []
    answered: list[Request] = []
    page.clock.install(time=0)
    _queued(page, site, "patient@example.com")
    page.on("request", _keep_questions(asked))
    page.on("requestfinished", _keep_questions(answered))

    for _ in range(300):
        page.clock.run_for(2_000)
        # The page's ten minutes pass in seconds, faster than the server.
        while len(answered) < len(asked):
            page.wait_for_event("requestfinished")

    # Every 3 s would be 200 times in these ten minutes, every 30 s 20 times.
    assert 15 <= len(asked) <= 30
