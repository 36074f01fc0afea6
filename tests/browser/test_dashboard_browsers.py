"""The list of signed-in browsers on the dashboard."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import PHONE, SignIn
from tests.browser.owner import Owner
from tests.browser.test_look import TOO_WIDE


@pytest.mark.parametrize("size", ["phone", "desk"])
def test_another_browser_is_signed_out(sign_in: SignIn, size: str) -> None:
    sign_in()
    owner = sign_in(viewport=PHONE) if size == "phone" else sign_in()
    owner.open("#/settings")
    page = owner.page
    page.get_by_role("link", name="Signed-in browsers").click()
    owner.sees("Signed-in browsers")
    this = page.locator(".browser", has_text="This browser")
    expect(this.locator("h2")).to_contain_text("Chrome on Linux")
    expect(this).to_contain_text("Signed in with the password")
    assert page.evaluate(TOO_WIDE) is False
    others = page.locator(".browser", has_not_text="This browser")
    before = others.count()
    others.first.get_by_role("button", name="Sign out").click()
    expect(owner.told()).to_contain_text("is signed out.")
    expect(others).to_have_count(before - 1)


def test_signing_out_everywhere_asks_first_and_leads_to_the_sign_in(sign_in: SignIn) -> None:
    owner: Owner = sign_in()
    owner.open("#/browsers", "Signed-in browsers")
    page = owner.page
    page.get_by_role("button", name="Sign out everywhere").click()
    page.get_by_role("dialog").get_by_role("button", name="Cancel").click()
    expect(page.locator(".browser", has_text="This browser")).to_be_visible()
    page.get_by_role("button", name="Sign out everywhere").click()
    page.get_by_role("dialog").get_by_role("button", name="Sign out everywhere").click()
    owner.sees("Sign in")
