"""Opening a page takes few requests and few bytes: each of them is an execution on Azure."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.browser.conftest import DESKTOP, NewPage, stop_clock
from tests.browser.live import LiveSite
from tests.browser.owner import Owner, fill_log
from tests.browser.traffic import Traffic, traffic_of

KB = 1000


def _cost(traffic: Traffic) -> str:
    return f"{traffic.transferred_bytes} bytes for {traffic.requests}"


def test_a_friend_loads_the_form_in_four_requests(site: LiveSite, new_page: NewPage) -> None:
    page = new_page()
    with traffic_of(page) as first:
        page.goto(site.url)
    with traffic_of(page) as again:
        page.reload()

    assert 3 <= len(first.requests) <= 4, _cost(first)
    assert first.transferred_bytes <= 15 * KB, _cost(first)
    assert len(again.requests) <= 1, _cost(again)


def test_the_owner_opens_the_sign_in_page_with_six_requests(
    owned: LiveSite, new_page: NewPage
) -> None:
    page = new_page(viewport=DESKTOP)
    with traffic_of(page) as first:
        page.goto(f"{owned.url}/dashboard")
        expect(page.get_by_label("Password")).to_be_visible()

    assert 3 <= len(first.requests) <= 6, _cost(first)
    assert first.transferred_bytes <= 38 * KB, _cost(first)


def test_the_owner_opens_the_dashboard_in_ten_requests_and_reloads_it_in_four(
    owner: Owner,
) -> None:
    page = owner.page
    stop_clock(page)  # however long this takes, it does not ask what is new
    if not owner.door.ask("GET", "invites?search=month")["invites"]:
        fill_log(owner.site, ["success"] * 90 + ["failed"] * 9, name="month")
        owner.door.set(approval_required=True)
        for number in range(9):
            owner.door.friend_asks(f"waits{number}@example.com")
    with traffic_of(page) as first:
        owner.open()
        expect(page.locator(".chart")).to_be_visible()
    with traffic_of(page) as again:
        page.reload()
        owner.sees("Overview")
        expect(page.locator(".chart")).to_be_visible()

    assert 5 <= len(first.requests) <= 10, _cost(first)
    assert first.transferred_bytes <= 60 * KB, _cost(first)
    assert 3 <= len(again.requests) <= 4, _cost(again)
    assert not [address for address in again.requests if "/static/" in address], _cost(again)


def test_the_other_views_and_their_sentences_are_loaded_once(owner: Owner) -> None:
    page = owner.page
    stop_clock(page)
    owner.open()
    expect(page.locator(".chart")).to_be_visible()
    assert not _codes(owner), "a code without its sentence"

    with traffic_of(page) as first:
        owner.follow("Settings")
        expect(page.get_by_label("Title")).to_be_visible()
    with traffic_of(page) as again:
        page.reload()
        expect(page.get_by_label("Title")).to_be_visible()

    files = [address for address in first.requests if "/static/" in address]
    assert len(files) == 2, _cost(first)
    assert not [address for address in again.requests if "/static/" in address], _cost(again)
    assert not _codes(owner), "a code without its sentence"


def _codes(owner: Owner) -> list[str]:
    return re.findall(r"\b(?:ui|library|join)\.\w[\w.]*", owner.page.locator("body").inner_text())
