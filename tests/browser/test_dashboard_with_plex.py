"""The owner on a phone signs in with Plex, whose page is on another origin."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from demo_plex.people import OWNER_USERNAME
from helpr_core.texts import text
from tests.browser.conftest import PHONE, NewPage
from tests.browser.live import LiveSite
from tests.browser.test_look import TOO_WIDE

BUTTON = "Continue with Plex"


def to_plex(page: Page, site: LiveSite, view: str = "") -> None:
    """From the dashboard's sign-in page to Plex's page, in the same tab, without errors."""
    page.goto(f"{site.url}/dashboard{view}")
    page.get_by_role("button", name=BUTTON).click()
    page.wait_for_url(re.compile(rf"{site.plex.url}/auth"))
    expect(page.locator("#notice")).to_be_visible()
    assert not page.locator("#alert").is_visible()


def choose(page: Page, name: str) -> None:
    page.fill("input[name=other]", name)
    page.get_by_role("button", name="Sign in", exact=True).click()


def test_two_taps_lead_to_the_requested_view(new_page: NewPage, owned: LiveSite) -> None:
    page = new_page(viewport=PHONE)
    to_plex(page, owned, "#/browsers")
    choose(page, OWNER_USERNAME)
    expect(page.get_by_role("heading", level=1)).to_have_text("Signed-in browsers")
    this = page.locator(".browser", has_text="This browser")
    expect(this).to_contain_text("Signed in with Plex")
    assert owned.plex.tokens == ()
    assert len(page.context.pages) == 1


def test_somebody_else_learns_whose_account_is_needed_and_tries_again(
    new_page: NewPage, owned: LiveSite
) -> None:
    page = new_page(viewport=PHONE)
    to_plex(page, owned)
    choose(page, "a-friend")
    expect(page.locator("h1")).to_have_text(text("owner_sign_in.not_the_owner.heading"))
    assert page.evaluate(TOO_WIDE) is False
    page.get_by_role("link", name=text("owner_sign_in.back")).click()
    expect(page.get_by_role("button", name=BUTTON)).to_be_visible()


def test_somebody_who_returns_without_signing_in_can_continue(
    new_page: NewPage, owned: LiveSite
) -> None:
    page = new_page(viewport=PHONE)
    to_plex(page, owned)
    page.get_by_role("button", name="Cancel").click()
    expect(page.locator("h1")).to_have_text(text("owner_sign_in.sign_in_waiting.heading"))
    page.click("#to-plex")
    choose(page, OWNER_USERNAME)
    expect(page.get_by_role("heading", level=1)).to_have_text("Overview")


def test_if_the_browsers_pin_fails_a_sentence_explains_the_alert(
    new_page: NewPage, owned: LiveSite
) -> None:
    page = new_page(viewport=PHONE)
    page.route(re.compile(r"/api/v2/pins\?strong"), lambda route: route.abort())
    page.goto(f"{owned.url}/dashboard")
    page.get_by_role("button", name=BUTTON).click()
    expect(page.locator(".with-plex")).to_contain_text(text("ui.plex.alert"))
    page.get_by_role("link", name=text("ui.plex.go_on")).click()
    expect(page.locator("#alert")).to_be_visible()


def test_with_plex_alone_no_password_is_asked_for(
    serve: Callable[..., LiveSite], new_page: NewPage
) -> None:
    site = serve(HELPR_SIGN_IN="plex")
    page = new_page(viewport=PHONE)
    page.goto(f"{site.url}/dashboard")
    expect(page.get_by_role("button", name=BUTTON)).to_be_visible()
    expect(page.locator("#password")).to_have_count(0)
    expect(page.locator(".with-plex")).to_contain_text("HELPR_SIGN_IN")
    assert page.evaluate(TOO_WIDE) is False


def test_the_person_signed_in_by_a_proxy_continues_with_one_tap(
    serve: Callable[..., LiveSite], new_page: NewPage
) -> None:
    site = serve(
        HELPR_SIGN_IN="proxy",
        HELPR_SIGN_IN_USERS="olga",
        HELPR_SIGN_IN_PROXIES="127.0.0.1",
        HELPR_TRUSTED_PROXY_HOPS="1",
    )
    stranger = new_page(viewport=PHONE)
    stranger.goto(f"{site.url}/dashboard")
    expect(stranger.locator(".in-front")).to_contain_text("HELPR_SIGN_IN_USERS")
    page = new_page(viewport=PHONE, extra_http_headers={"Remote-User": "olga"})
    page.goto(f"{site.url}/dashboard")
    page.get_by_role("button", name="Continue as olga").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Overview")
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("button", name="Continue as olga")).to_be_visible()
