"""The overview updates itself while somebody looks, and moves nothing."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.browser.conftest import SignIn
from tests.browser.owner import Door

DESKTOP = {"width": 1280, "height": 800}
A_WHILE_MS = 40_000
"""The page polls every 15 seconds; a busy machine takes longer."""


def test_a_new_request_appears_and_is_counted_in_the_tabs_title(
    sign_in: SignIn, other: Door
) -> None:
    other.set(approval_required=True)
    owner = sign_in(viewport=DESKTOP)
    page = owner.page
    page.goto(f"{owner.door.site.url}/dashboard")
    line = page.locator(".friends")
    expect(line).to_have_text(
        "Friends with the link can ask, and each request waits for your approval."
    )
    page.evaluate("scrollTo(0, 60)")

    other.requests.post(
        f"{owner.door.site.url}/api/invites", data={"email_or_username": "newcomer@example.com"}
    )

    expect(page).to_have_title(re.compile(r"^\(1\) Overview"), timeout=A_WHILE_MS)
    expect(page.get_by_role("link", name="newcomer@example.com")).to_be_visible()
    assert page.evaluate("scrollY") == 60
    page.reload()
    expect(page).to_have_title(re.compile(r"^\(1\) Overview"))  # at once: within five seconds
    other.set(approval_required=False)
