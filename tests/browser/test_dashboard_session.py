"""The owner signs in, is asked again when the session ends, and signs out."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser.live import LiveSite
from tests.browser.owner import Owner
from tests.web.dashboard import ADMINISTRATOR, PASSWORD, USERNAME

WRONG = "not the password"


def _type(page: Page, password: str) -> None:
    page.get_by_label("Username").fill(USERNAME)
    page.get_by_label("Password").fill(password)


def test_the_keyboard_alone_signs_in_and_reaches_the_requested_view(
    owned: LiveSite, page: Page
) -> None:
    told: list[str] = []
    page.on("console", lambda message: told.append(message.text))
    page.goto(f"{owned.url}/dashboard#/settings")
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")
    assert told == []
    name, password = page.get_by_label("Username"), page.get_by_label("Password")
    expect(name).to_have_attribute("autocomplete", "username")
    expect(password).to_have_attribute("autocomplete", "current-password")
    expect(page.locator("#nav")).to_be_hidden()

    expect(name).to_be_focused()
    page.keyboard.type(USERNAME)
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")

    heading = page.get_by_role("heading", level=1)
    expect(heading).to_have_text("Settings")
    expect(heading).to_be_focused()
    expect(page).to_have_title("Settings · Helpr dashboard")
    page.reload()
    expect(heading).to_have_text("Settings")


def test_a_wrong_password_is_reported_plainly_and_the_name_stays(
    owned: LiveSite, page: Page
) -> None:
    page.goto(f"{owned.url}/dashboard")
    _type(page, WRONG)

    page.get_by_role("button", name="Sign in").click()

    expect(page.locator(".notice")).to_be_focused()
    expect(page.get_by_role("alert")).to_contain_text("Wrong name or password")
    expect(page.get_by_label("Username")).to_have_value(USERNAME)
    assert WRONG not in page.url


def test_too_many_attempts_say_when_to_try_again(
    serve: Callable[..., LiveSite], page: Page
) -> None:
    site = serve(**ADMINISTRATOR, HELPR_RATE_SIGN_IN="1/hour")
    page.goto(f"{site.url}/dashboard")
    _type(page, WRONG)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).to_contain_text("Wrong name or password")

    _type(page, PASSWORD)
    page.get_by_role("button", name="Sign in").click()

    expect(page.get_by_role("alert")).to_contain_text(
        re.compile(r"Try again in \d+ minutes \(at \d+:\d\d.*\)\.")
    )


def test_a_lost_connection_does_not_clear_the_sign_in_form(owned: LiveSite, page: Page) -> None:
    page.goto(f"{owned.url}/dashboard")
    _type(page, PASSWORD)
    page.context.set_offline(True)

    page.get_by_role("button", name="Sign in").click()

    expect(page.get_by_role("alert")).to_contain_text("Are you online?")
    page.context.set_offline(False)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Overview")


def test_signing_out_leaves_nothing_on_the_page(owner: Owner) -> None:
    owner.open("#/requests")

    owner.press("Sign out")

    owner.sees("Sign in")
    owner.page.go_back()
    owner.sees("Sign in")
    assert owner.door.ask("GET", "overview")["code"] == "sign_in_required"


def test_a_session_that_ends_in_mid_work_loses_nothing_that_was_typed(owner: Owner) -> None:
    owner.door.set()
    owner.open("#/settings")
    page = owner.page
    page.get_by_label("Welcome text").fill("Popcorn is on you.")
    owner.door.sign_out()

    owner.press("Save")

    dialog = page.get_by_role("dialog", name="Your session has expired")
    expect(dialog.get_by_label("Username")).to_have_value(USERNAME)
    expect(dialog.get_by_label("Password")).to_be_focused()
    dialog.get_by_label("Password").fill(WRONG)
    page.keyboard.press("Enter")
    expect(dialog.get_by_role("alert")).to_contain_text("Wrong name or password")
    dialog.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")

    expect(owner.told()).to_contain_text("Saved.")
    expect(dialog).to_have_count(0)
    expect(page.get_by_label("Welcome text")).to_have_value("Popcorn is on you.")
    owner.door.sign_in()
    assert owner.door.ask("GET", "settings")["welcome"] == "Popcorn is on you."


def test_not_signing_in_again_keeps_the_view_and_what_was_typed(owner: Owner) -> None:
    owner.open("#/settings")
    page = owner.page
    page.get_by_label("Welcome text").fill("Later")
    owner.door.sign_out()
    owner.press("Save")

    dialog = page.get_by_role("dialog")
    # It opens with the server's answer; a key pressed before that has no effect.
    expect(dialog.get_by_label("Password")).to_be_focused()
    page.keyboard.press("Escape")

    expect(dialog).to_have_count(0)
    expect(owner.told()).to_contain_text("Your session has expired, and nothing was changed.")
    expect(page.get_by_label("Welcome text")).to_have_value("Later")
    owner.press("Save")
    page.get_by_role("dialog").get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(owner.told()).to_contain_text("Saved.")


def test_parts_of_a_view_that_fail_together_ask_once(owner: Owner) -> None:
    owner.open("#/check")
    owner.door.sign_out()

    owner.follow("Overview")

    dialog = owner.page.get_by_role("dialog")
    expect(dialog).to_have_count(1)
    dialog.get_by_label("Password").fill(PASSWORD)
    owner.page.keyboard.press("Enter")
    expect(owner.page.get_by_role("heading", name="Seats")).to_be_visible()
    expect(owner.page.get_by_role("heading", name="Newest requests")).to_be_visible()
    expect(dialog).to_have_count(0)


def test_a_sign_in_in_another_tab_does_not_stop_this_one(owner: Owner) -> None:
    owner.open("#/settings")
    owner.door.sign_in()

    owner.page.get_by_label("Welcome text").fill("From the first tab")
    owner.press("Save")

    expect(owner.told()).to_contain_text("Saved.")
