"""Settings and libraries: saved, refused, and never lost while somebody types."""

from __future__ import annotations

import re
from dataclasses import asdict

import pytest
from playwright.sync_api import expect

from demo_plex.shares import OTHER_LIBRARIES, OTHER_MACHINE_IDENTIFIER, OTHER_SERVER_NAME
from tests.browser.live import LiveSite
from tests.browser.owner import Door, Owner

MOVIES, SHOWS, MUSIC = 118181361, 118181362, 118181363
SERVERS = "Servers"


@pytest.fixture(autouse=True)
def _as_at_first(other: Door) -> None:
    other.ask("GET", "libraries?refresh=1")
    other.set()
    other.ask("PUT", "libraries", {"shared": [MOVIES, SHOWS]})


def _shared(door: Door) -> set[int]:
    return {one["id"] for one in door.ask("GET", "libraries")["libraries"] if one["shared"]}


def test_every_setting_is_saved(owner: Owner, other: Door) -> None:
    owner.open("#/settings")
    page = owner.page
    page.get_by_label("Title").fill("Movie nights")
    page.get_by_label("Welcome text").fill("Take a seat.")
    page.get_by_label("Ask me first").check()
    page.get_by_label("Pause invitations").check()
    page.get_by_label("Invitations per day").fill("12")
    page.get_by_label("Days to keep requests").fill("365")

    owner.press("Save")

    expect(owner.told()).to_contain_text("Saved.")
    saved = other.ask("GET", "settings")
    assert (
        saved.items()
        >= {
            "title": "Movie nights",
            "welcome": "Take a seat.",
            "approval_required": True,
            "paused": True,
            "daily_cap": 12,
            "retention_days": 365,
        }.items()
    )
    page.reload()
    expect(page.get_by_label("Invitations per day")).to_have_value("12")
    expect(page.get_by_label("Pause invitations")).to_be_checked()


def test_an_invalid_setting_is_reported_at_its_field(owner: Owner) -> None:
    owner.open("#/settings")
    page = owner.page
    page.get_by_label("Invitations per day").fill("many")
    page.get_by_label("Welcome text").fill("Still here")

    owner.press("Save")

    expect(owner.told()).to_contain_text("That didn’t work")
    cap = page.get_by_label("Invitations per day")
    expect(cap).to_have_attribute("aria-invalid", "true")
    expect(cap).to_have_value("many")
    owner.told().get_by_role("button").first.click()
    expect(cap).to_be_focused()
    cap.fill("5")
    owner.press("Save")
    expect(owner.told()).to_contain_text("Saved.")
    expect(page.get_by_label("Welcome text")).to_have_value("Still here")


def test_a_code_cannot_be_required_before_there_is_one(owner: Owner) -> None:
    owner.open("#/settings")
    code = owner.page.get_by_label("Ask for the invite code")
    expect(code).to_have_accessible_description(re.compile("type one above"))
    code.check()

    owner.press("Save")

    expect(code).to_have_attribute("aria-invalid", "true")
    expect(owner.told()).to_contain_text("Type an invite code first")


def test_a_new_code_is_required_and_part_of_the_link(owner: Owner) -> None:
    owner.open("#/settings")
    page = owner.page
    asked = page.get_by_label("Ask for the invite code")
    code = page.get_by_label("Invite code", exact=True)
    code.fill("lantern-fish-42")
    expect(asked).to_be_checked()
    code.fill("")
    expect(asked).not_to_be_checked()
    code.fill("lantern-fish-42")

    owner.press("Save")

    expect(owner.told()).to_contain_text("Saved.")
    owner.open()
    link = f"{owner.site.url}/join/lantern-fish-42"
    expect(page.get_by_role("link", name=link)).to_have_attribute("href", link)


def test_saving_over_somebody_elses_change_is_reported_and_loses_nothing(
    owner: Owner, other: Door
) -> None:
    owner.open("#/settings")
    page = owner.page
    page.get_by_label("Welcome text").fill("Mine")
    other.set(welcome="Theirs", daily_cap=7)

    owner.press("Save")

    expect(owner.told()).to_contain_text("Someone saved these settings while you were typing")
    expect(owner.told()).to_contain_text(
        "olga-at-home changed “Welcome text” and “Invitations per day”"
    )
    welcome = page.locator(".field").filter(has=page.get_by_label("Welcome text"))
    expect(page.get_by_label("Welcome text")).to_have_value("Mine")
    expect(welcome).to_contain_text("Saved now: Theirs")
    expect(page.get_by_label("Invitations per day")).to_have_value("7")
    assert other.ask("GET", "settings")["welcome"] == "Theirs"

    owner.press("Save")

    expect(owner.told()).to_contain_text("Saved.")
    assert other.ask("GET", "settings").items() >= {"welcome": "Mine", "daily_cap": 7}.items()


def test_the_other_persons_text_can_be_taken_over(owner: Owner, other: Door) -> None:
    owner.open("#/settings")
    owner.page.get_by_label("Welcome text").fill("Mine")
    other.set(welcome="Theirs")
    owner.press("Save")

    owner.press("Use this")

    expect(owner.page.get_by_label("Welcome text")).to_have_value("Theirs")
    expect(owner.page.get_by_label("Welcome text")).to_be_focused()


def test_unsaved_input_survives_a_visit_to_another_view(owner: Owner) -> None:
    owner.open("#/settings")
    page = owner.page
    page.get_by_label("Title").fill("Half a ti")
    owner.follow("Libraries")
    owner.sees("Libraries")
    page.get_by_label("Music").check()

    page.go_back()

    expect(page.get_by_label("Title")).to_have_value("Half a ti")
    page.go_forward()
    expect(page.get_by_label("Music")).to_be_checked()
    with page.expect_event("dialog") as asked:
        page.close(run_before_unload=True)
    assert asked.value.type == "beforeunload"
    asked.value.dismiss()
    owner.follow("Settings")
    owner.press("Discard changes")
    expect(page.get_by_label("Title")).to_have_value("")


def test_a_save_without_a_connection_keeps_what_was_typed(owner: Owner, other: Door) -> None:
    owner.open("#/settings")
    owner.page.get_by_label("Welcome text").fill("In the tunnel")
    owner.context.set_offline(True)

    owner.press("Save")

    expect(owner.told()).to_contain_text("Nothing you entered is lost")
    owner.context.set_offline(False)
    owner.press("Save")
    expect(owner.told()).to_contain_text("Saved.")
    assert other.ask("GET", "settings")["welcome"] == "In the tunnel"


def test_libraries_are_selected_and_saved(owner: Owner, other: Door) -> None:
    owner.open("#/libraries")
    page = owner.page
    expect(page.get_by_label("TV Shows")).to_be_checked()
    expect(page.locator(".ticks li").filter(has_text="Kids")).to_contain_text("Movies")

    page.get_by_label("Music").check()
    page.get_by_label("TV Shows").uncheck()
    owner.press("Save")

    expect(owner.told()).to_contain_text("Saved.")
    assert _shared(other) == {MOVIES, MUSIC}


def test_an_empty_choice_is_refused_with_the_reason(owner: Owner, other: Door) -> None:
    owner.open("#/libraries")
    page = owner.page
    page.get_by_label("Movies").first.uncheck()
    page.get_by_label("TV Shows").uncheck()

    owner.press("Save")

    expect(owner.told()).to_contain_text("That didn’t work")
    expect(page.get_by_role("group", name="Shared libraries")).to_have_accessible_description(
        re.compile("every|all", re.I)
    )
    expect(page.get_by_label("TV Shows")).not_to_be_checked()
    assert _shared(other) == {MOVIES, SHOWS}


def test_a_library_that_plex_leaves_out_stays_selected_and_is_reported(owner: Owner) -> None:
    left = [one for one in owner.site.plex.libraries if one.id != SHOWS]
    before = [asdict(one) for one in owner.site.plex.libraries]
    page = owner.page
    page.clock.set_fixed_time(owner.door.ask("GET", "libraries")["fetched_at"])
    owner.open("#/libraries")
    expect(page.get_by_text("Read from Plex")).to_contain_text("just now")
    page.get_by_label("Music").check()
    owner.site.plex.change(libraries=[asdict(one) for one in left])
    try:
        owner.press("Refresh")

        expect(page.get_by_text("plex.tv has not listed “TV Shows”")).to_be_visible()
        expect(page.get_by_text("something needs your attention")).to_be_visible()
        shows = page.get_by_role("checkbox", name=re.compile("TV Shows.*not in Plex’s last answer"))
        expect(shows).to_be_checked()
        expect(page.get_by_label("Music")).to_be_checked()
        expect(page.locator(".gone")).to_have_count(0)
    finally:
        owner.site.plex.change(libraries=before)


def test_a_missing_library_is_shown_but_not_offered(owner: Owner) -> None:
    listed = [
        {"id": MOVIES, "title": "Movies", "type": "movie", "shared": True},
        {"id": SHOWS, "title": "TV Shows", "type": "show", "shared": False, "gone": True},
    ]
    told = "“TV Shows” is no longer on the Plex server."
    body = {"libraries": listed, "notices": [told], "fetched_at": "2026-01-02T12:00:00Z"}
    page = owner.page
    page.route("**/dashboard/api/libraries*", lambda route: route.fulfill(json=body))
    owner.open("#/libraries")

    gone = page.locator(".gone")
    expect(gone).to_contain_text("No longer on the server")
    expect(gone).to_contain_text("TV Shows")
    expect(page.get_by_text(told)).to_be_visible()
    expect(page.get_by_label("TV Shows")).to_have_count(0)
    expect(page.get_by_label("Movies")).to_be_checked()


def test_with_one_server_no_page_mentions_servers(owner: Owner) -> None:
    owner.open("#/settings")
    page = owner.page
    expect(page.get_by_role("button", name="Save")).to_have_count(1)
    page.wait_for_load_state("networkidle")  # it might still come
    expect(page.get_by_role("heading", name=SERVERS)).to_have_count(0)
    owner.open("#/libraries", "Libraries")
    expect(page.get_by_role("checkbox", name="Kids Movies")).to_be_visible()
    expect(page.get_by_label("Server", exact=True)).to_have_count(0)


def test_a_list_of_friends_can_be_for_the_second_server(
    owner: Owner, owned: LiveSite, other: Door
) -> None:
    owned.plex.change(other_servers={OTHER_MACHINE_IDENTIFIER: OTHER_SERVER_NAME})
    first, page = owned.plex.machine_identifier, owner.page
    try:
        other.ask("PUT", "servers", {"managed": [first, OTHER_MACHINE_IDENTIFIER]})
        shared = {"server_id": OTHER_MACHINE_IDENTIFIER, "shared": [OTHER_LIBRARIES[0].id]}
        other.ask("PUT", "libraries", shared)
        owner.open("#/batches", "Invite a list")
        page.get_by_label("Server", exact=True).select_option(label=OTHER_SERVER_NAME)
        page.get_by_label("Your friends, one on each line").fill("cousin@example.com;Movies")
        page.get_by_role("button", name="See what would happen").click()
        expect(page.get_by_role("region", name="What would happen")).to_contain_text("Movies")
    finally:
        other.ask("PUT", "servers", {"managed": [first]})
        owned.plex.change(other_servers={})


def test_if_plex_lists_no_servers_the_card_says_so(owner: Owner, owned: LiveSite) -> None:
    owned.plex.fail("status", status=503)
    try:
        owner.open("#/settings")
        card = owner.page.locator("section").filter(
            has=owner.page.get_by_role("heading", name=SERVERS)
        )
        expect(card.locator(".notice")).to_contain_text("What was chosen stays as it is.")
    finally:
        owned.plex.clear_faults()
    card.get_by_role("button", name="Try again").click()
    expect(card).to_have_count(0)  # the account owns one


def test_a_second_server_is_selected_and_then_offered(
    owner: Owner, owned: LiveSite, other: Door
) -> None:
    owned.plex.change(other_servers={OTHER_MACHINE_IDENTIFIER: OTHER_SERVER_NAME})
    first = owned.plex.machine_identifier
    try:
        page = owner.page
        owner.open("#/libraries", "Libraries")
        expect(page.get_by_role("checkbox", name="Kids Movies")).to_be_visible()
        expect(page.get_by_label("Server", exact=True)).to_have_count(0)  # owned, not yet managed

        owner.open("#/settings")
        card = page.locator("form").filter(has=page.get_by_role("heading", name=SERVERS))
        default = card.get_by_role("checkbox", name=owned.plex.server_name)
        expect(default).to_be_checked()
        expect(default).to_be_disabled()
        second = card.get_by_role("checkbox", name=OTHER_SERVER_NAME)
        expect(second).not_to_be_checked()
        second.check()
        card.get_by_role("button", name="Save").click()
        expect(card.locator(".notice")).to_be_focused()
        managed = [one for one in other.ask("GET", "servers")["servers"] if one["managed"]]
        assert [one["server_id"] for one in managed] == [first, OTHER_MACHINE_IDENTIFIER]

        card.locator(".notice").get_by_role("link", name="Libraries").click()
        owner.sees("Libraries")
        page.get_by_label("Server", exact=True).select_option(label=OTHER_SERVER_NAME)
        expect(page.get_by_role("checkbox", name=OTHER_LIBRARIES[0].title)).to_be_visible()
        owner.open("#/links", "Links")
        page.get_by_role("button", name="Open house").click()
        expect(page.get_by_label("Server", exact=True)).to_be_visible()
    finally:
        other.ask("PUT", "servers", {"managed": [first]})
        owned.plex.change(other_servers={})
