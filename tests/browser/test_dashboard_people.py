"""People on the dashboard: their access and its end, and changing it for many."""

from __future__ import annotations

import csv
import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, expect

from demo_plex.crowd import name_of
from demo_plex.shares import OTHER_LIBRARIES, OTHER_MACHINE_IDENTIFIER, OTHER_SERVER_NAME
from tests.browser.conftest import SignIn
from tests.browser.live import LiveSite
from tests.browser.owner import Door, Owner
from tests.browser.test_look import NARROW, TOO_WIDE

PICTURES = os.environ.get("HELPR_PICTURES", "")
"""A folder in which screenshots of the owner's steps are kept."""
MOVIES, TV_SHOWS, MUSIC = 118181361, 118181362, 118181363
SIXTY = 60


@pytest.fixture(autouse=True)
def sixty(owned: LiveSite, other: Door) -> Iterator[None]:
    """Sixty people, read again; anybody changed by another test is reset."""
    owned.plex.change(crowd=SIXTY)
    other.ask("POST", "people/refresh", {})
    yield
    for person in everybody(other):
        if any(share["access_until"] for share in person["shares"]):
            other.ask("PUT", f"people/{person['person_id']}/access", {"until": None})


def everybody(door: Door, query: str = "state=active,pending") -> list[dict[str, Any]]:
    """All people matching that filter."""
    people: list[dict[str, Any]] = door.ask("GET", f"people?{query}&limit=100")["people"]
    return people


def person_of(door: Door, name: str) -> dict[str, Any]:
    """The person with that name."""
    (found,) = [one for one in everybody(door, f"search={name}") if one["username"] == name]
    return found


def ends_in(door: Door, name: str, days: int) -> None:
    """Give somebody an end that many days from now."""
    until = (datetime.now(UTC) + timedelta(days=days)).isoformat()
    door.ask("PUT", f"people/{person_of(door, name)['person_id']}/access", {"until": until})


def names(owner: Owner) -> list[str]:
    return owner.page.get_by_role("rowheader").get_by_role("link").all_inner_texts()


def tick(owner: Owner, *people: str) -> None:
    for name in people:
        owner.page.get_by_role("checkbox", name=f"Select {name}", exact=True).check()


def begin(owner: Owner, action: str) -> Locator:
    """Choose an action for the selected people, and return its panel."""
    owner.page.get_by_label("What to do with those selected").select_option(action)
    owner.press("Continue")
    panel = owner.page.locator(".bulk-panel")
    expect(panel.get_by_role("heading", level=2)).to_be_focused()
    return panel


def picture(owner: Owner, name: str) -> None:
    if PICTURES:
        Path(PICTURES).mkdir(parents=True, exist_ok=True)
        owner.page.screenshot(path=Path(PICTURES) / f"{name}.png")


SOON = {"bruno.berg": 2, "carla.berg": 3, "david.berg": 5}


def test_an_owner_with_sixty_people_sees_who_ends_and_changes_some(owner: Owner) -> None:
    for name, days in {**SOON, "elif.berg": 40}.items():
        ends_in(owner.door, name, days)
    owner.open("#/people")
    expect(owner.page.get_by_role("status").filter(has_text="people shown")).to_have_text(
        "50 of 60 people shown"
    )
    picture(owner, "1-everybody")

    _look_who_ends_next_week(owner)
    _give_two_of_them_a_month(owner)
    owner.page.get_by_role("link", name="Clear").click()
    _take_a_library_from_ten(owner)
    _remove_one(owner)


def _look_who_ends_next_week(owner: Owner) -> None:
    owner.page.get_by_label("Ends").select_option("Within 7 days")
    owner.press("Filter")
    expect(owner.page.get_by_role("row")).to_have_count(1 + 3)
    assert names(owner) == list(SOON)
    picture(owner, "2-ends-next-week")


def _give_two_of_them_a_month(owner: Owner) -> None:
    before = {name: _until(owner, name) for name in SOON}
    tick(owner, "bruno.berg", "david.berg")
    panel = begin(owner, "Extend")
    panel.get_by_label("Days to add").fill("30")
    owner.press("Show what will happen")
    expect(panel.get_by_role("listitem")).to_have_count(2)
    assert _until(owner, "bruno.berg") == before["bruno.berg"]
    picture(owner, "3-a-month-for-two")
    owner.press("Extend 2")
    expect(owner.told()).to_contain_text("Access extended for 2 of 2")
    assert _until(owner, "bruno.berg") - before["bruno.berg"] == timedelta(days=30)
    assert _until(owner, "carla.berg") == before["carla.berg"]


def _take_a_library_from_ten(owner: Owner) -> None:
    ten = [name_of(number) for number in range(SIXTY) if _fits(number)][:10]
    assert [_libraries(owner, name) for name in ten] == [(MOVIES, TV_SHOWS, MUSIC)] * 10
    tick(owner, *ten)
    expect(owner.page.get_by_text("10 selected", exact=True)).to_be_visible()
    panel = begin(owner, "Take a library away")
    panel.get_by_label("Library").select_option("Music")
    owner.press("Show what will happen")
    expect(panel.get_by_role("listitem").filter(has_text="has Movies")).to_have_count(10)
    picture(owner, "4-one-library-less-for-ten")
    owner.press("Change the libraries of 10")
    expect(owner.told()).to_contain_text("New libraries ordered for 10 of 10")
    expect(owner.told()).to_contain_text("Everything is done, and Plex shows it.")
    picture(owner, "5-done-at-plex")
    assert [_libraries(owner, name) for name in ten] == [(MOVIES, TV_SHOWS)] * 10


def _fits(number: int) -> bool:
    """Whether that person has three libraries, has accepted, and is on the first page."""
    return number % 3 == 0 and number % 9 != 0 and number % 20 < 16


def _libraries(owner: Owner, name: str) -> tuple[int, ...] | None:
    share = owner.site.plex.share_of(name)
    assert share is not None
    return share.library_ids


def _remove_one(owner: Owner) -> None:
    tick(owner, "elif.berg")
    panel = begin(owner, "Remove")
    expect(panel).to_contain_text("You may stay friends on Plex")
    owner.press("Show what will happen")
    picture(owner, "6-one-has-to-go")
    owner.press("Remove 1")
    expect(owner.told()).to_contain_text("Removal ordered for 1 of 1")
    expect(owner.told()).to_contain_text("Everything is done, and Plex shows it.")
    assert owner.site.plex.share_of("elif.berg") is None
    expect(owner.page.get_by_role("link", name="elif.berg", exact=True)).to_have_count(0)


def _until(owner: Owner, name: str) -> datetime:
    (share,) = person_of(owner.door, name)["shares"]
    return datetime.fromisoformat(share["access_until"])


def test_each_refusal_among_several_people_is_shown(owner: Owner) -> None:
    ends_in(owner.door, "felix.berg", 4)
    owner.open("#/people?search=.berg")
    tick(owner, "felix.berg", "greta.berg")

    panel = begin(owner, "Extend")
    owner.press("Show what will happen")

    expect(panel.get_by_role("heading", level=3)).to_have_text("This will change 1 of 2")
    refused = panel.get_by_role("listitem").first
    expect(refused).to_contain_text("greta.berg")
    expect(refused).to_contain_text("no end date")
    panel.get_by_label("Days to add").fill("many")
    expect(panel.get_by_role("heading", level=3)).to_have_count(0)
    owner.press("Show what will happen")
    expect(panel.get_by_role("alert")).to_be_visible()
    expect(panel.get_by_label("Days to add")).to_have_attribute("aria-invalid", "true")


def test_the_selection_survives_paging_and_can_be_cleared(owner: Owner) -> None:
    owner.open("#/people")
    page = owner.page
    everyone = page.get_by_role("checkbox", name="Select everybody on this page")
    everyone.check()
    expect(page.get_by_text("50 selected", exact=True)).to_be_visible()
    page.get_by_role("link", name="Next page").click()
    expect(page.get_by_role("row")).to_have_count(1 + 10)
    expect(everyone).not_to_be_checked()
    everyone.check()
    expect(page.get_by_text("60 selected", exact=True)).to_be_visible()
    owner.press("Clear selection")
    expect(everyone).not_to_be_checked()
    expect(page.get_by_label("What to do with those selected")).to_be_hidden()


def test_the_filter_is_in_the_address_and_applies_to_the_file(owner: Owner, tmp_path: Path) -> None:
    owner.open("#/people")
    owner.page.get_by_label("Access", exact=True).select_option("Invited")
    owner.page.keyboard.press("Tab")
    owner.press("Filter")
    expect(owner.page.get_by_role("row").filter(has_text="Has access")).to_have_count(0)
    expect(owner.page.get_by_role("row").filter(has_text="Invited").first).to_be_visible()
    assert owner.page.url.endswith("#/people?state=pending")
    shown = names(owner)
    assert shown

    with owner.page.expect_download() as download:
        owner.page.get_by_role("link", name="Export CSV").click()

    file = tmp_path / download.value.suggested_filename
    download.value.save_as(file)
    with file.open(encoding="utf-8-sig", newline="") as lines:
        assert [row["username"] for row in csv.DictReader(lines)] == shown


def test_with_two_servers_people_can_be_filtered_and_get_the_right_libraries(
    owner: Owner, owned: LiveSite
) -> None:
    own, cabin = owned.plex.machine_identifier, OTHER_MACHINE_IDENTIFIER
    owner.open("#/people")
    expect(owner.page.get_by_label("Server")).to_have_count(0)
    owned.plex.change(other_servers={cabin: OTHER_SERVER_NAME})
    owner.door.ask("PUT", "servers", {"managed": [own, cabin]})
    owned.plex.stage.plex.world.share_elsewhere("dora", accepted=True)
    owner.door.ask("POST", "people/refresh", {})
    try:
        owner.page.reload()
        owner.page.get_by_label("Server").select_option(label=OTHER_SERVER_NAME)
        owner.press("Filter")
        expect(owner.page.get_by_role("rowheader")).to_have_count(1)
        assert names(owner) == ["dora"]
        assert f"server={cabin}" in owner.page.url

        tick(owner, "dora")
        panel = begin(owner, "set_libraries")
        expect(panel.get_by_role("checkbox")).to_have_count(len(OTHER_LIBRARIES))
        expect(panel.get_by_role("checkbox", name=OTHER_LIBRARIES[0].title)).to_be_visible()

        owner.page.get_by_role("link", name="dora").click()
        owner.page.locator("summary", has_text="Libraries").click()
        expect(owner.page.get_by_role("checkbox", name=OTHER_LIBRARIES[0].title)).to_be_checked()
    finally:
        owner.door.ask("PUT", "servers", {"managed": [own]})


def test_a_suspicious_list_is_reported_and_everybody_stays(owner: Owner) -> None:
    owner.open("#/people")
    owner.site.plex.fail("partial", rows=0, path_prefix="/api/v2/shared_servers/owned")

    owner.press("Refresh")

    expect(owner.told()).to_contain_text("Plex’s list looks wrong")
    expect(owner.told()).to_contain_text("More than a fifth of the people")
    expect(owner.page.get_by_role("row")).to_have_count(1 + 50)
    owner.site.plex.clear_faults()
    owner.press("Refresh")
    expect(owner.told()).to_contain_text("Plex’s list was read just now.")
    expect(owner.page.get_by_text("looks wrong")).to_have_count(0)


def test_people_fit_a_narrow_phone_with_doubled_text_and_a_selection(
    sign_in: SignIn, other: Door
) -> None:
    long = "somebody.with-a-very-long-name.who-was-never-asked-to-be-short@example.com"
    other.site.plex.share(long)
    other.ask("POST", "people/refresh", {})
    owner = sign_in(viewport=NARROW)
    owner.open("#/people?search=somebody.with")
    owner.page.get_by_role("row").get_by_role("checkbox").last.check()
    expect(owner.page.get_by_text("1 selected", exact=True)).to_be_visible()
    assert owner.page.evaluate(TOO_WIDE) is False
    picture(owner, "7-phone")
    begin(owner, "Set an end date")
    owner.page.evaluate("document.documentElement.style.fontSize = '200%'")
    assert owner.page.evaluate(TOO_WIDE) is False
