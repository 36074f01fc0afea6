"""Passkeys in Chromium with its virtual authenticator, at a phone's size."""

from __future__ import annotations

from dataclasses import replace

import pytest
from playwright.sync_api import CDPSession, Page, expect

from tests.browser.conftest import NewPage
from tests.browser.live import LiveSite
from tests.web.dashboard import PASSWORD, USERNAME

DEVICE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture
def named(owned: LiveSite) -> LiveSite:
    """The site under a host name: no browser has passkeys for an IP address."""
    return replace(owned, url=owned.url.replace("127.0.0.1", "localhost"))


def _device(page: Page) -> tuple[CDPSession, str]:
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    made = session.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})
    return session, made["authenticatorId"]


def _sign_in(page: Page, site: LiveSite) -> None:
    page.goto(f"{site.url}/dashboard#/sign-in")
    page.get_by_label("Username").fill(USERNAME)
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Signing in")


def _add(page: Page, name: str) -> None:
    page.get_by_role("button", name="Add a passkey").click()
    page.get_by_label("Name", exact=True).fill(name)
    expect(page.get_by_label("Password")).to_be_hidden()  # the sign-in was a moment ago
    page.keyboard.press("Enter")
    expect(page.locator(".notice:focus")).to_contain_text("The passkey has been added.")


def test_a_passkey_is_added_signs_in_is_renamed_and_removed(
    named: LiveSite, new_page: NewPage
) -> None:
    page = new_page()
    _device(page)
    _sign_in(page, named)
    _add(page, "My phone")
    expect(page.get_by_text("for localhost")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")

    page.get_by_role("button", name="Sign out").click()
    page.get_by_role("button", name="Sign in with a passkey").click()
    heading = page.get_by_role("heading", level=1)
    expect(heading).to_have_text("Overview")

    page.goto(f"{named.url}/dashboard#/sign-in")
    expect(page.get_by_text("Last used")).to_be_visible()
    page.get_by_role("button", name="Rename My phone").click()
    page.get_by_label("Name", exact=True).fill("Old phone")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Old phone", exact=True)).to_be_visible()
    page.get_by_role("button", name="Remove Old phone").click()
    page.get_by_role("dialog").get_by_role("button", name="Remove").click()
    expect(page.get_by_text("Old phone was removed.")).to_be_visible()
    page.get_by_role("button", name="Sign out").click()
    expect(heading).to_have_text("Sign in")
    expect(page.get_by_role("button", name="Sign in with a passkey")).to_have_count(0)


def test_cancelling_a_passkey_still_allows_the_password(named: LiveSite, new_page: NewPage) -> None:
    page = new_page()
    session, device = _device(page)
    _sign_in(page, named)
    _add(page, "Lost")
    page.get_by_role("button", name="Sign out").click()
    session.send("WebAuthn.removeVirtualAuthenticator", {"authenticatorId": device})
    session.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})

    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.get_by_role("button", name="Sign in with a passkey")).to_be_visible()

    page.get_by_label("Username").fill(USERNAME)
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).not_to_have_text("Sign in")
    page.goto(f"{named.url}/dashboard#/sign-in")
    page.get_by_role("button", name="Remove Lost").click()
    page.get_by_role("dialog").get_by_role("button", name="Remove").click()
    expect(page.get_by_text("Lost was removed.")).to_be_visible()


def test_at_an_ip_address_the_page_says_what_passkeys_need(
    owned: LiveSite, new_page: NewPage
) -> None:
    page = new_page()
    _sign_in(page, owned)
    expect(page.get_by_text("Browsers allow no passkeys at")).to_be_visible()
    expect(page.get_by_role("button", name="Add a passkey")).to_have_count(0)
