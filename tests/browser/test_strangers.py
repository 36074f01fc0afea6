"""Questions, neutral answers and other sites' forms, in a real browser."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, Request, Route, expect

from helpr_core.domain.messages import RECEIVED
from helpr_core.texts import say
from tests.browser.conftest import NewPage
from tests.browser.live import LiveSite
from tests.browser.test_invite import (
    NAME,
    RESULT,
    SEND,
    ask,
    with_and_without_javascript,
)

INVITES = re.compile(r"/api/invites$")
OTHER_SITE = "http://other.example/"


def posts_of(page: Page) -> list[Request]:
    """The page's POSTs from now on."""
    posts: list[Request] = []
    page.on("request", lambda one: posts.append(one) if one.method == "POST" else None)
    return posts


@with_and_without_javascript
def test_a_typo_is_a_question_with_a_button(
    site: LiveSite, new_page: NewPage, javascript: bool
) -> None:
    page = new_page(java_script_enabled=javascript)
    typed, meant = (f"slip{javascript}@{domain}".lower() for domain in ("gmial.com", "gmail.com"))

    ask(page, site, typed)

    expect(page.locator("#email_or_username-error")).to_contain_text(f"Did you mean {meant}?")
    expect(page.get_by_label(NAME)).to_have_value(typed)
    assert site.invites_sent == 0
    page.get_by_role("button", name=f"Use {meant}").click()
    page.wait_for_url(RESULT)
    expect(page.get_by_role("heading", level=1)).to_have_text(
        "Open the e-mail from Plex and tap Accept"
    )
    assert site.plex.share_of(meant) is not None
    assert site.plex.share_of(typed) is None


def test_if_the_script_fails_to_show_the_question_the_page_asks_it(
    site: LiveSite, page: Page
) -> None:
    page.add_init_script("delete Element.prototype.replaceChildren")

    ask(page, site, "unseen@gmial.com")

    expect(page.get_by_role("button", name="Use unseen@gmail.com")).to_be_visible()
    expect(page.locator("#email_or_username-error")).to_contain_text(
        "Did you mean unseen@gmail.com?"
    )
    assert site.invites_sent == 0


@with_and_without_javascript
def test_sending_the_address_again_confirms_it(
    site: LiveSite, new_page: NewPage, javascript: bool
) -> None:
    page = new_page(java_script_enabled=javascript)
    typed = f"sure{javascript}@gmial.com".lower()
    ask(page, site, typed)
    expect(page.locator("#email_or_username-error")).to_contain_text("Did you mean")

    page.get_by_label(NAME).press("Enter")

    page.wait_for_url(RESULT)
    assert site.plex.share_of(typed) is not None


@with_and_without_javascript
def test_another_browser_learns_only_that_there_was_a_request(
    site: LiveSite, new_page: NewPage, javascript: bool
) -> None:
    name = f"known{javascript}@example.com".lower()
    first = new_page()
    ask(first, site, name)
    first.wait_for_url(RESULT)
    other = new_page(java_script_enabled=javascript)

    ask(other, site, name)

    heading = other.get_by_role("heading", level=1)
    expect(heading).to_have_text(say(RECEIVED.heading))
    expect(other).to_have_title(re.compile(rf"{re.escape(say(RECEIVED.heading))} – \S"))
    expect(other.locator("main")).to_contain_text(say(RECEIVED.sentence))
    for step in RECEIVED.steps:
        expect(other.locator("main")).to_contain_text(say(step))
    assert first.url.rpartition("/")[2] not in other.content()
    assert name not in other.locator("main").inner_text()
    if javascript:
        expect(heading).to_be_focused()


def test_chromium_sends_our_origin_for_a_form_without_javascript(
    site: LiveSite, new_page: NewPage
) -> None:
    page = new_page(java_script_enabled=False)
    posts = posts_of(page)

    ask(page, site, "origin@example.com")

    page.wait_for_url(RESULT)
    (post,) = posts
    sent = post.all_headers()
    assert sent["origin"] == site.url
    assert sent["sec-fetch-site"] == "same-origin"
    assert sent.get("referer", "").count("/") <= 3  # no path: a link's code stays here


def test_an_old_browser_is_recognised_by_its_origin_alone(
    site: LiveSite, new_page: NewPage
) -> None:
    page = new_page(java_script_enabled=False)

    def old(route: Route) -> None:
        sent = route.request.all_headers()
        route.continue_(headers={k: v for k, v in sent.items() if not k.startswith("sec-fetch")})

    page.route(INVITES, old)

    ask(page, site, "old-origin@example.com")

    page.wait_for_url(RESULT)


@pytest.mark.parametrize("policy", ["unsafe-url", "no-referrer"])
@with_and_without_javascript
def test_another_sites_form_comes_back_filled_in(
    site: LiveSite, new_page: NewPage, javascript: bool, policy: str
) -> None:
    page = new_page(java_script_enabled=javascript)
    name = f"elsewhere{javascript}{policy}@example.com".lower()
    page.route(
        OTHER_SITE,
        lambda route: route.fulfill(
            content_type="text/html",
            body=f'<!DOCTYPE html><meta name="referrer" content="{policy}"><title>Other</title>'
            f'<form method="post" action="{site.url}/api/invites">'
            f'<input name="email_or_username" value="{name}"><button>Win</button></form>',
        ),
    )
    page.goto(OTHER_SITE)

    page.get_by_role("button", name="Win").click()

    expect(page.locator(".summary")).to_contain_text("A page of another site sent this")
    expect(page.get_by_label(NAME)).to_have_value(name)
    assert site.invites_sent == 0
    page.get_by_role("button", name=SEND).click()
    page.wait_for_url(RESULT)
    assert site.invites_sent == 1
