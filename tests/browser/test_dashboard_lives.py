"""The overview updates itself while somebody looks, and moves nothing."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.browser.conftest import SignIn, stop_clock
from tests.browser.live import Held
from tests.browser.owner import Door, Owner

A_LOOK_MS = 16_000
DESKTOP = {"width": 1280, "height": 800}


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

    expect(page).to_have_title(re.compile(r"^\(1\) Overview"))
    expect(page.get_by_role("link", name="newcomer@example.com")).to_be_visible()
    assert page.evaluate("scrollY") == 60
    stop_clock(page)  # it cannot ask again: what the view reads says so at once
    page.reload()
    expect(page).to_have_title(re.compile(r"^\(1\) Overview"))
    other.set(approval_required=False)


def test_what_was_done_stays_to_be_read_while_the_page_updates_itself(
    sign_in: SignIn, other: Door
) -> None:
    other.set(approval_required=True)
    owner = sign_in(viewport=DESKTOP)
    for number in range(2):
        other.friend_asks(f"both-{number}@example.com")
    stop_clock(owner.page)
    owner.open()
    owner.press("Approve all")
    owner.page.get_by_role("dialog").get_by_role("button", name="Approve all").click()
    expect(owner.told()).to_contain_text("Sent: ")

    _look(owner)

    _settle(owner)
    expect(owner.told()).to_contain_text("Sent: ")


def test_an_update_that_comes_during_an_answer_does_not_undo_it(
    sign_in: SignIn, other: Door
) -> None:
    other.set(approval_required=True)
    owner = sign_in(viewport=DESKTOP)
    other.friend_asks("meanwhile@example.com")
    stop_clock(owner.page)
    owner.open()
    held = Held(owner.page, re.compile("/dashboard/api/overview"))
    with owner.page.expect_request("**/dashboard/api/overview"):
        _look(owner)

    owner.page.get_by_role("button", name="Approve: meanwhile@example.com").click()
    with owner.page.expect_response("**/dashboard/api/overview"):
        held.let_go()

    _settle(owner)
    expect(owner.page.get_by_role("button", name="Undo: meanwhile@example.com")).to_be_focused()
    expect(owner.page.locator(".asks")).to_contain_text("meanwhile@example.com: approved")


def _look(owner: Owner) -> None:
    """The page asks whether there is anything new."""
    with owner.page.expect_response("**/dashboard/api/pulse"):
        owner.page.clock.run_for(A_LOOK_MS)


def _settle(owner: Owner) -> None:
    """Whatever the last answer led to has been done: later ones have come too."""
    for _ in range(2):
        owner.page.evaluate("fetch('/dashboard/api/overview').then((answer) => answer.text())")
