"""The owner sets Helpr up on a phone: from an empty folder to the first invite, without a file."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from demo_plex import DemoPlex
from helpr_core.texts import text
from tests.browser.conftest import NewPage

NAME, PASSWORD = "otto", "a long password"


def test_from_an_empty_folder_to_the_first_invite(bare: str, page: Page, plex: DemoPlex) -> None:
    site = bare.partition("/setup/")[0]
    page.goto(bare)
    page.get_by_role("button", name=text("set_up.sign_in.button")).click()
    page.wait_for_url(re.compile("/auth"))
    expect(page.locator("#notice")).to_be_visible()
    assert not page.locator("#alert").is_visible()  # the owner's browser has made the PIN
    page.get_by_role("button", name=re.compile("demo-owner")).click()
    expect(page.locator("h1")).to_have_text(text("set_up.server.heading"))
    page.get_by_role("button", name=text("set_up.server.button")).click()
    expect(page.locator("h1")).to_have_text(text("set_up.libraries.heading"))
    page.reload()  # left, and continued
    page.get_by_label("Movies").check()
    page.get_by_label("TV Shows").check()
    page.get_by_role("button", name=text("set_up.libraries.button")).click()
    page.fill("#username", NAME)
    page.fill("#password", PASSWORD)
    page.get_by_role("button", name=text("set_up.password.button")).click()
    expect(page.locator("h1")).to_have_text(text("set_up.done.heading"))
    page.goto(site)
    page.fill("#email_or_username", "first-friend")
    page.click("#send")
    page.wait_for_url(re.compile("/invited/"))
    share = plex.share_of("first-friend")
    assert share is not None
    assert share.library_ids == tuple(one.id for one in plex.libraries[:2])
    gone = page.goto(bare)
    assert gone is not None
    assert gone.status == 404


@pytest.mark.parametrize("scripts", [True, False])
def test_if_the_browser_makes_no_pin_a_sentence_explains_the_alert(
    bare: str, new_page: NewPage, scripts: bool
) -> None:
    page = new_page(java_script_enabled=scripts)
    page.route(re.compile(r"/api/v2/pins\?strong"), lambda route: route.abort())
    page.goto(bare)
    page.get_by_role("button", name=text("set_up.sign_in.button")).click()
    expect(page.locator("main")).to_contain_text(text("set_up.alert"))
    expect(page.locator("#to-plex")).to_be_visible()
