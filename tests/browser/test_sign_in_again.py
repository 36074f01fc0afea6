"""Plex refuses the token: a button on the overview, Plex's page, and waiting requests are sent."""

from __future__ import annotations

import re
from dataclasses import dataclass

import pytest
from playwright.sync_api import Page, expect

from demo_plex import DemoPlex
from helpr_core.texts import text
from tests.browser.conftest import DESKTOP, PHONE, NewPage

NAME, PASSWORD = "otto", "a long password"


@dataclass(frozen=True)
class Installed:
    """Helpr that was set up in the browser."""

    url: str
    plex: DemoPlex


@pytest.fixture
def installed(bare: str, plex: DemoPlex, new_page: NewPage) -> Installed:
    set_up(new_page(), bare)
    return Installed(bare.partition("/setup/")[0], plex)


def set_up(page: Page, address: str) -> None:
    """The way of test_set_up.py; Plex has nobody to warn about."""
    page.goto(address)
    page.get_by_role("button", name=text("set_up.sign_in.button")).click()
    page.wait_for_url(re.compile("/auth"))
    expect(page.locator("#notice")).to_be_visible()
    assert not page.locator("#alert").is_visible()
    page.get_by_role("button", name=re.compile("demo-owner")).click()
    page.get_by_role("button", name=text("set_up.server.button")).click()
    page.get_by_label("Movies").check()
    page.get_by_role("button", name=text("set_up.libraries.button")).click()
    page.fill("#username", NAME)
    page.fill("#password", PASSWORD)
    page.get_by_role("button", name=text("set_up.password.button")).click()
    expect(page.locator("h1")).to_have_text(text("set_up.done.heading"))


def open_dashboard(page: Page, installed: Installed, view: str = "") -> None:
    page.goto(f"{installed.url}/dashboard{view}")
    page.get_by_label("Name").fill(NAME)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name=text("ui.sign_in")).click()


def refuse(installed: Installed) -> None:
    for token in installed.plex.tokens:
        installed.plex.stage.plex.sign_ins.sign_out(token)


def test_one_button_and_the_waiting_request_is_sent(
    installed: Installed, new_page: NewPage
) -> None:
    refuse(installed)
    friend = new_page()
    friend.goto(installed.url)
    friend.fill("#email_or_username", "patient-friend")
    friend.click("#send")
    friend.wait_for_url(re.compile("/invited/"))
    assert installed.plex.share_of("patient-friend") is None
    page = new_page(viewport=PHONE)
    open_dashboard(page, installed)
    page.get_by_role("button", name=text("ui.again.button")).first.click()
    page.wait_for_url(re.compile("/auth"))
    expect(page.locator("#notice")).to_be_visible()
    assert not page.locator("#alert").is_visible()
    page.get_by_role("button", name=re.compile("demo-owner")).click()
    expect(page.locator(".notice.good")).to_contain_text("the waiting request has been sent")
    expect(page.get_by_role("button", name=text("ui.again.button"))).to_have_count(0)
    assert "plex=" not in page.url
    assert installed.plex.share_of("patient-friend") is not None


def test_another_account_is_reported_and_the_alert_is_explained(
    installed: Installed, new_page: NewPage
) -> None:
    refuse(installed)
    page = new_page(viewport=DESKTOP)
    page.route(re.compile(r"/api/v2/pins\?strong"), lambda route: route.abort())
    open_dashboard(page, installed, "#/check")
    page.get_by_role("button", name=text("ui.again.button")).click()
    expect(page.get_by_text(text("ui.again.alert"))).to_be_visible()
    page.click("#to-plex")
    expect(page.locator("#alert")).to_be_visible()
    page.get_by_role("button", name="Sign in as alice").click()
    expect(page.locator(".notice.bad")).to_contain_text(text("problem.other_account.title"))
    expect(page.get_by_role("button", name=text("ui.again.button")).first).to_be_visible()
