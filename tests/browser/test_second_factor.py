"""The second factor in a browser, at a phone's size: turned on, signed in with, turned off."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import NewPage, SignIn
from tests.browser.live import LiveSite
from tests.browser.owner import Owner
from tests.services.owner.second_factor import app_code
from tests.web.dashboard import PASSWORD, USERNAME

PHONE = {"width": 360, "height": 740}


def _code(secret: str, seconds: int = 0) -> str:
    return app_code(secret, datetime.now(UTC) + timedelta(seconds=seconds))


@pytest.fixture
def owner(sign_in: SignIn) -> Iterator[Owner]:
    """The owner on a phone; the second factor is off again afterwards."""
    owner = sign_in(viewport=PHONE)
    yield owner
    owner.door.ask("POST", "second-factor/off", {"password": PASSWORD})


def _set_up(owner: Owner) -> tuple[str, list[str]]:
    """Turn it on through the page: the secret, and the recovery codes that it showed."""
    owner.open("#/sign-in", "Signing in")
    owner.press("Set up")
    page = owner.page
    picture = page.get_by_role("img", name="QR code for your authenticator app")
    expect(picture).to_be_visible()
    assert picture.evaluate("image => image.decode().then(() => image.naturalWidth > 0)")
    address = page.get_by_role("link", name="Open in an app on this device").get_attribute("href")
    secret = parse_qs(urlsplit(address or "").query)["secret"][0]
    typed = page.locator(".enrolment code").inner_text()
    assert typed.replace(" ", "") == secret
    field = page.get_by_label("Code from your authenticator app")
    field.fill(_code(secret))
    page.keyboard.press("Enter")
    expect(page.get_by_text("The second factor is on.")).to_be_visible()
    codes = page.locator(".recovery-codes li").all_inner_texts()
    return secret, codes


def _to_the_second_step(page: Page, site: LiveSite) -> None:
    page.goto(f"{site.url}/dashboard")
    page.get_by_label("Username").fill(USERNAME)
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")


def _fits(page: Page) -> None:
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_it_is_turned_on_and_the_next_sign_in_requires_a_code(
    owner: Owner, new_page: NewPage
) -> None:
    secret, codes = _set_up(owner)
    assert len(codes) == 10
    _fits(owner.page)
    owner.press("I have saved them")
    expect(owner.page.get_by_text("10 recovery codes are left")).to_be_visible()

    page = new_page()
    _to_the_second_step(page, owner.site)

    field = page.get_by_label("Code from your authenticator app")
    expect(field).to_be_focused()
    expect(field).to_have_attribute("autocomplete", "one-time-code")
    expect(field).to_have_attribute("inputmode", "numeric")
    expect(page.get_by_label("Password")).to_be_hidden()
    _fits(page)
    field.fill("000000")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("That code doesn’t work")
    expect(field).to_have_value("")
    field.fill(_code(secret, 30))
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Overview")


def test_a_while_after_signing_in_setting_it_up_takes_the_password(owner: Owner) -> None:
    def a_while_ago(route: Route) -> None:
        if route.request.method == "GET":
            told = route.fetch()
            route.fulfill(response=told, json=told.json() | {"proof_wanted": True})
        else:
            route.fallback()

    page = owner.page
    page.route("**/dashboard/api/second-factor", a_while_ago)
    owner.open("#/sign-in", "Signing in")
    owner.press("Set up")
    expect(page.get_by_label("Password")).to_be_focused()
    expect(page.get_by_text("You signed in a while ago.")).to_be_visible()
    _fits(page)
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("img", name="QR code for your authenticator app")).to_be_visible()


def test_a_recovery_code_signs_in_and_one_less_is_left(owner: Owner, new_page: NewPage) -> None:
    _, codes = _set_up(owner)
    page = new_page()
    _to_the_second_step(page, owner.site)

    page.get_by_role("button", name="Use a recovery code instead").click()
    expect(page.get_by_label("Recovery code")).to_be_focused()
    expect(page.get_by_text("python -m helpr_core second-factor-off")).to_be_visible()
    _fits(page)
    page.get_by_label("Recovery code").fill(codes[2].upper())
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", level=1)).to_have_text("Overview")
    owner.press("I have saved them")
    expect(owner.page.get_by_text("9 recovery codes are left")).to_be_visible()


def test_an_expired_session_asks_for_the_code_too(owner: Owner) -> None:
    _, codes = _set_up(owner)
    owner.open("#/settings", "Settings")
    page = owner.page
    page.get_by_label("Welcome text").fill("Typed before")
    page.context.clear_cookies(name="helpr_session")
    owner.press("Save")

    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    dialog.get_by_role("button", name="Use a recovery code instead").click()
    dialog.get_by_label("Recovery code").fill(codes[0])
    page.keyboard.press("Enter")

    expect(owner.told()).to_contain_text("Saved.")
    owner.door.csrf_token = page.request.get(f"{owner.site.url}/dashboard/session").json()[
        "csrf_token"
    ]


def test_the_password_turns_it_off_and_a_wrong_one_does_not(owner: Owner) -> None:
    _set_up(owner)
    owner.press("I have saved them")
    owner.press("Turn off")
    page = owner.page
    password = page.get_by_label("Password")
    expect(password).to_be_focused()
    password.fill("wrong")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("This is not the password.")
    password.fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(owner.told()).to_contain_text("The second factor is off.")
    expect(page.get_by_role("button", name="Set up")).to_be_visible()


def test_new_recovery_codes_are_shown_once(owner: Owner) -> None:
    secret, old = _set_up(owner)
    owner.press("I have saved them")
    owner.press("Make new recovery codes")
    page = owner.page
    page.get_by_label("Or a code from the app").fill(_code(secret, 30))
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Your recovery codes")).to_be_focused()
    new = page.locator(".recovery-codes li").all_inner_texts()
    assert len(new) == 10
    assert not set(new) & set(old)
    with page.expect_download() as download:
        owner.press("Save as a file")
    assert download.value.path().read_text().split() == new
