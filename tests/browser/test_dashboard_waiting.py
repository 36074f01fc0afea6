"""Requests awaiting approval: answered in place, undone, and seen at a glance."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.conftest import SignIn, stop_clock
from tests.browser.owner import Owner

ANSWERS = ("Approve", "Deny")
SAID = {"Approve": "approved", "Deny": "denied"}
BECOMES = {"Approve": "success", "Deny": "denied"}
LATER = "00:10"
"""Longer than an answer can be undone."""


@pytest.fixture(autouse=True)
def _approval(owner: Owner) -> None:
    owner.door.set(approval_required=True)


def opened(owner: Owner) -> Locator:
    """The overview's list of waiting requests, on a page whose clock only the test moves."""
    stop_clock(owner.page)
    owner.open()
    return owner.page.locator(".asks")


def status_of(owner: Owner, request_id: str) -> str:
    status: str = owner.door.ask("GET", f"invites/{request_id}")["status"]
    return status


def answer(owner: Owner, said: str, name: str) -> None:
    owner.page.get_by_role("button", name=f"{said}: {name}").click()


@pytest.mark.parametrize("said", ANSWERS)
def test_an_answer_shows_in_place_and_is_sent_a_moment_later(owner: Owner, said: str) -> None:
    name = f"asks-{said.lower()}@example.com"
    request_id = owner.door.friend_asks(name, note="Your cousin")
    waiting = opened(owner)
    expect(waiting).to_contain_text("1 request is waiting for your approval")
    expect(waiting).to_contain_text("Your cousin")

    answer(owner, said, name)

    expect(waiting).to_contain_text(f"{name}: {SAID[said]}")
    expect(owner.page.get_by_role("button", name=f"Undo: {name}")).to_be_focused()
    assert status_of(owner, request_id) == "awaiting_approval"
    assert owner.site.invites_sent == 0
    with owner.page.expect_response(re.compile(request_id)):
        owner.page.clock.fast_forward(LATER)
    expect(waiting.get_by_role("row").filter(has_text=name)).to_have_count(0)
    expect(waiting).to_contain_text("No more requests are waiting")
    newest = owner.page.get_by_role("table", name="Newest requests")
    shown = {"Approve": "Sent", "Deny": "Denied"}[said]
    expect(newest.get_by_role("row").filter(has_text=name)).to_contain_text(shown)
    assert status_of(owner, request_id) == BECOMES[said]
    assert (owner.site.plex.share_of(name) is not None) is (said == "Approve")


@pytest.mark.parametrize("said", ANSWERS)
def test_an_answer_can_be_undone(owner: Owner, said: str) -> None:
    name = f"spared-{said.lower()}@example.com"
    request_id = owner.door.friend_asks(name)
    waiting = opened(owner)
    answer(owner, said, name)

    owner.page.keyboard.press("Enter")  # the focus is on Undo

    expect(owner.page.get_by_role("button", name=f"Approve: {name}")).to_be_focused()
    expect(waiting).not_to_contain_text(f"{name}: {SAID[said]}")
    owner.page.clock.fast_forward(LATER)
    owner.page.wait_for_load_state("networkidle")
    assert status_of(owner, request_id) == "awaiting_approval"
    answer(owner, "Deny", name)  # for the tests that come after
    with owner.page.expect_response(re.compile(request_id)):
        owner.page.clock.fast_forward(LATER)


def test_a_double_click_answers_and_undoes_nothing(owner: Owner) -> None:
    name = "twice@example.com"
    request_id = owner.door.friend_asks(name)
    waiting = opened(owner)
    owner.page.get_by_role("button", name=f"Deny: {name}").dblclick()
    expect(waiting).to_contain_text(f"{name}: {SAID['Deny']}")
    with owner.page.expect_response(re.compile(request_id)):
        owner.page.clock.fast_forward(LATER)
    assert status_of(owner, request_id) == "denied"


@pytest.mark.parametrize("way", ["another view", "another page", "signing out"])
def test_leaving_the_view_confirms_the_answers(owner: Owner, way: str) -> None:
    name = f"left-{way.replace(' ', '-')}@example.com"
    request_id = owner.door.friend_asks(name)
    opened(owner)
    answer(owner, "Deny", name)

    if way == "another view":
        owner.follow("Requests")
    elif way == "another page":
        owner.page.goto(f"{owner.site.url}/")
    else:
        owner.press("Sign out")
        expect(owner.page.get_by_label("Password")).to_be_visible()
        owner.door.sign_in()

    while status_of(owner, request_id) == "awaiting_approval":
        owner.page.wait_for_timeout(100)
    assert status_of(owner, request_id) == "denied"


def test_an_answer_that_does_not_arrive_is_reported_and_can_be_repeated(owner: Owner) -> None:
    name = "unheard@example.com"
    request_id = owner.door.friend_asks(name)
    waiting = opened(owner)
    answer(owner, "Approve", name)
    owner.page.route("**/approve", lambda route: route.abort())

    owner.page.clock.fast_forward(LATER)

    expect(waiting.locator(".notice")).to_be_visible()
    expect(waiting.get_by_role("button", name=f"Approve: {name}")).to_be_visible()
    owner.page.unroute("**/approve")
    answer(owner, "Deny", name)
    with owner.page.expect_response(re.compile(request_id)):
        owner.page.clock.fast_forward(LATER)


def test_an_invite_that_is_not_sent_is_reported(owner: Owner) -> None:
    name = "kept-back@example.com"
    owner.door.friend_asks(name)
    waiting = opened(owner)
    owner.site.plex.fail("invalid_token", method="POST")
    answer(owner, "Approve", name)

    owner.page.clock.fast_forward(LATER)

    expect(waiting.locator(".notice")).to_contain_text(f"{name}: Waiting for Plex")


def test_the_next_request_moves_up_and_the_scroll_position_stays(sign_in: SignIn) -> None:
    owner = sign_in(viewport={"width": 390, "height": 500})
    names = [f"queue-{number}@example.com" for number in range(7)]
    for name in names:
        owner.door.friend_asks(name)
    waiting = opened(owner)
    rows = waiting.locator("tbody tr")
    expect(rows).to_have_count(5)
    expect(waiting).to_contain_text("7 requests are waiting")
    owner.page.mouse.wheel(0, 150)
    while owner.page.evaluate("scrollY") != 150:
        owner.page.wait_for_timeout(20)

    answer(owner, "Deny", names[6])
    assert owner.page.evaluate("scrollY") == 150
    owner.page.clock.fast_forward(LATER)

    expect(waiting).to_contain_text("6 requests are waiting")
    expect(rows).to_have_count(5)
    expect(rows.last).to_contain_text(names[1])
    expect(waiting.get_by_role("button", name=f"Approve: {names[5]}")).to_be_focused()
    assert owner.page.evaluate("scrollY") == 150
    owner.press("Approve all")
    owner.page.get_by_role("dialog").get_by_role("button", name="Approve all").click()
    expect(owner.told()).to_contain_text("Sent: 6")


def test_at_most_five_are_shown_and_all_can_be_approved_at_once(owner: Owner) -> None:
    owner.door.set(approval_required=True)
    names = [f"all-at-once-{number}@example.com" for number in range(7)]
    for name in names:
        owner.door.friend_asks(name)
    count = len(owner.door.ask("GET", "invites?status=awaiting_approval&limit=100")["invites"])
    owner.open()
    page = owner.page
    waiting = page.locator(".asks").get_by_role("table")
    expect(waiting.get_by_role("row")).to_have_count(1 + 5)
    newest = page.locator("#newest")
    expect(newest).not_to_contain_text("all-at-once")
    expect(page.get_by_role("link", name=f"All {count}", exact=True)).to_be_visible()

    owner.press("Approve all")
    dialog = page.get_by_role("dialog", name=f"Approve {count} requests?")
    dialog.get_by_role("button", name="Approve all").click()

    expect(owner.told()).to_contain_text(f"Sent: {count}")
    expect(waiting).to_have_count(0)
    expect(newest).to_contain_text(names[6])
    assert all(owner.site.plex.share_of(name) for name in names)


def test_approving_all_can_be_undone(owner: Owner) -> None:
    owner.door.set(approval_required=True)
    for number in range(2):
        owner.door.friend_asks(f"spared-{number}@example.com")
    owner.open()
    owner.press("Approve all")
    owner.page.get_by_role("dialog").get_by_role("button", name="Cancel").click()

    expect(owner.page.get_by_role("button", name="Approve all", exact=True)).to_be_visible()
    assert owner.site.invites_sent == 0
    owner.page.reload()
    owner.press("Approve all")  # for the tests that come after
    owner.page.get_by_role("dialog").get_by_role("button", name="Approve all").click()
    expect(owner.told()).to_be_visible()
