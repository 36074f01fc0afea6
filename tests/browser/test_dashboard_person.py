"""One person on the dashboard, their operations, and their drift."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import SignIn
from tests.browser.live import LiveSite
from tests.browser.owner import Door, Owner
from tests.browser.test_dashboard_look import OPEN_ALL, needs_axe
from tests.browser.test_look import AXE, NARROW, TOO_WIDE, axe_everywhere

MOVIES, TV_SHOWS, MUSIC, KIDS = 118181361, 118181362, 118181363, 118181364
LONG = "a-friend.with-a-name-that-nobody-has-ever-asked-to-be-short.and-goes-on@example.com"


@pytest.fixture(autouse=True)
def some_people(owned: LiveSite, other: Door) -> Iterator[None]:
    """Three with access and one with an invitation; each test has its own people."""
    plex = owned.plex
    for who in ("anna", "bert", "cleo"):
        plex.share(who, [MOVIES, MUSIC])
        plex.accept(who)
    plex.share("waits@example.com", [MOVIES])
    other.ask("POST", "people/refresh?confirm=1", {})
    yield
    plex.clear_faults()
    for operation in other.ask("GET", "operations?state=queued&limit=100")["operations"]:
        other.ask("DELETE", f"operations/{operation['operation_id']}")


def found(door: Door, who: str) -> dict[str, Any]:
    """That person, who is known by name or address."""
    people = door.ask("GET", f"people?search={who}")["people"]
    (person,) = [one for one in people if who in (one["username"], one["email"])]
    return dict(person)


def visit(owner: Owner, who: str) -> None:
    person = found(owner.door, who)
    owner.open(f"#/people/{person['person_id']}", person["title"] or who)


def test_an_end_date_is_set_extended_and_removed(owner: Owner) -> None:
    visit(owner, "anna")
    page = owner.page
    in_ten_days = (datetime.now() + timedelta(days=10)).date()  # noqa: DTZ005 - as the page's day
    page.get_by_label("Last day").fill(in_ten_days.isoformat())
    page.get_by_role("region", name="End date").get_by_role("button", name="Save").click()
    expect(owner.told()).to_have_text("Saved.")
    assert _until(owner, "anna").astimezone().date() == in_ten_days
    owner.press("30 days more")
    expect(owner.told()).to_have_text("Saved.")
    assert _until(owner, "anna").astimezone().date() == in_ten_days + timedelta(days=30)
    expect(page.get_by_label("Last day")).not_to_have_value(in_ten_days.isoformat())
    owner.press("No end")
    expect(page.get_by_label("Last day")).to_have_value("")
    assert found(owner.door, "anna")["shares"][0]["access_until"] is None


def _until(owner: Owner, who: str) -> datetime:
    return datetime.fromisoformat(found(owner.door, who)["shares"][0]["access_until"])


def test_a_date_too_far_in_the_future_is_refused_at_its_field(owner: Owner) -> None:
    visit(owner, "anna")
    owner.page.get_by_label("Last day").fill("2080-01-01")
    owner.page.get_by_role("region", name="End date").get_by_role("button", name="Save").click()
    expect(owner.told()).to_contain_text("ten years")
    expect(owner.page.get_by_label("Last day")).to_have_attribute("aria-invalid", "true")


def test_libraries_are_chosen_and_plex_shows_them(owner: Owner) -> None:
    visit(owner, "bert")
    owner.page.locator("summary", has_text="Libraries").click()
    for title in ("Music", "Movies"):
        expect(owner.page.get_by_role("checkbox", name=re.compile(f"^{title}"))).to_be_checked()
    owner.page.get_by_role("checkbox", name=re.compile("^Music")).uncheck()
    owner.page.get_by_role("checkbox", name=re.compile("^Kids")).check()
    owner.press("Change libraries")
    expect(owner.told()).to_have_text("Done, and Plex shows it.")
    share = owner.site.plex.share_of("bert")
    assert share is not None
    assert share.library_ids == (MOVIES, KIDS)
    expect(owner.page.locator(".timeline")).to_contain_text("Change libraries: Done")


def test_a_pending_invitation_says_what_a_change_means(owner: Owner) -> None:
    visit(owner, "waits@example.com")
    owner.page.locator("summary", has_text="Libraries").click()
    expect(owner.page.get_by_text("sends a new one, which has to be accepted")).to_be_visible()
    owner.press("Take the invitation back…")
    dialog = owner.page.get_by_role("dialog")
    expect(dialog).to_contain_text("its seat is free again")
    dialog.get_by_role("button", name="Take the invitation back…").click()
    expect(owner.told()).to_have_text("Done, and Plex shows it.")
    assert owner.site.plex.share_of("waits@example.com") is None
    owner.press("Invite again…")
    owner.page.get_by_role("dialog").get_by_role("button", name="Invite again…").click()
    expect(owner.told()).to_have_text("Done, and Plex shows it.")
    assert owner.site.plex.share_of("waits@example.com") is not None


def test_a_removal_that_plex_delays_is_followed_and_can_be_cancelled(owner: Owner) -> None:
    visit(owner, "cleo")
    owner.site.plex.fail("status", status=503, method="DELETE")
    owner.press("Remove…")
    dialog = owner.page.get_by_role("dialog")
    expect(dialog).to_contain_text("You may stay friends on Plex")
    dialog.get_by_role("button", name="Cancel").click()
    expect(dialog).to_have_count(0)
    assert found(owner.door, "cleo")["shares"][0]["state"] == "active"
    owner.press("Remove…")
    dialog.get_by_role("button", name="Remove…").click()
    expect(owner.told()).to_contain_text("Ordered. Plex doesn’t show it yet")
    under_way = owner.page.get_by_role("region", name="Under way")
    expect(under_way).to_contain_text("Waiting")
    expect(owner.page.get_by_text("Being removed")).to_be_visible()

    owner.press("Cancel: Remove")
    expect(owner.told()).to_contain_text("Cancelled.")
    expect(under_way).to_have_count(0)


def test_an_operation_in_progress_shows_when_it_is_done(owner: Owner) -> None:
    visit(owner, "cleo")
    owner.site.plex.go_stale(1000)
    owner.press("Remove…")
    owner.page.get_by_role("dialog").get_by_role("button", name="Remove…").click()
    expect(owner.page.get_by_role("region", name="Under way")).to_be_visible()
    assert owner.site.plex.share_of("cleo") is None
    owner.page.get_by_role("heading", level=1).focus()
    (waiting,) = owner.door.ask("GET", "operations?state=queued")["operations"]
    owner.site.plex.go_stale(0)
    owner.door.ask("POST", f"operations/{waiting['operation_id']}/retry", {})
    _work_off(owner)

    expect(owner.page.get_by_text("No longer has access").first).to_be_visible()
    expect(owner.page.locator(".timeline")).to_contain_text("Remove: Done")


def _work_off(owner: Owner) -> None:
    """As a run of housekeeping would: another operation begins what is due."""
    ids = [found(owner.door, "anna")["person_id"]]
    order = {"person_ids": ids, "action": "set_libraries", "libraries": [MOVIES]}
    owner.door.ask("POST", "people/bulk", order)


def test_failed_operations_are_found_and_retried(owner: Owner) -> None:
    owner.site.plex.fail("status", status=503, method="DELETE")
    owner.door.ask("DELETE", f"people/{found(owner.door, 'anna')['person_id']}")
    owner.open("#/people/operations", "Operations")
    line = owner.page.get_by_role("listitem").filter(has_text="anna")
    expect(line).to_contain_text("Waiting")
    owner.site.plex.clear_faults()
    owner.press("Try again now: Remove: anna")
    expect(owner.told()).to_contain_text("Helpr tries it again now.")
    owner.page.get_by_role("link", name="Needs attention").click()
    expect(owner.page.get_by_text("Nothing to show")).to_be_visible()
    owner.page.get_by_role("link", name="All people").click()
    owner.sees("People")


def test_a_note_and_an_exemption_are_stored_and_shown_in_the_list(owner: Owner) -> None:
    visit(owner, "anna")
    owner.page.get_by_label("Your note").fill("My sister")
    owner.page.get_by_role("checkbox", name="Exempt").check()
    owner.page.get_by_role("region", name="Note and exemption").get_by_role(
        "button", name="Save"
    ).click()
    expect(owner.told()).to_have_text("Saved.")
    owner.open("#/people?only=exempt")
    expect(owner.row("anna")).to_contain_text("“My sister”")
    expect(owner.row("anna")).to_contain_text("Exempt")
    owner.door.ask("PATCH", f"people/{found(owner.door, 'anna')['person_id']}", {"exempt": False})


def test_drift_is_listed_and_resolved(owner: Owner) -> None:
    person_id = found(owner.door, "bert")["person_id"]
    owner.door.ask("PUT", f"people/{person_id}/libraries", {"libraries": [MOVIES]})
    share = owner.site.plex.share_of("bert")
    assert share is not None
    owner.site.plex.stage.plex.world.replace_libraries(share.id, [MOVIES, KIDS])
    owner.door.ask("POST", "people/refresh", {})
    owner.open("#/people/drift", "Differences")
    line = owner.page.get_by_role("listitem").filter(has_text="bert")
    expect(line).to_contain_text("Has more than was promised: Kids.")
    visit(owner, "bert")
    owner.page.get_by_role("link", name="See what can be done").click()
    owner.sees("Differences")
    owner.press("Put right: bert")
    expect(owner.told()).to_have_text("Done, and Plex shows it.")
    expect(line).to_have_count(0)
    share = owner.site.plex.share_of("bert")
    assert share is not None
    assert share.library_ids == (MOVIES,)


def test_a_member_of_the_home_is_shown_but_cannot_be_removed(owner: Owner) -> None:
    owner.site.plex.share("home-01", [MOVIES])
    owner.site.plex.accept("home-01")
    owner.site.plex.change(home=1)
    owner.door.ask("POST", "people/refresh", {})
    visit(owner, "home-01")
    expect(owner.page.get_by_text("This person is in your Plex Home")).to_be_visible()
    expect(owner.page.get_by_text("Settings > Plex Home")).to_be_visible()
    expect(owner.page.get_by_role("button", name="Remove…")).to_have_count(0)
    expect(owner.page.get_by_label("Last day")).to_have_count(0)


def test_the_history_has_requests_operations_and_their_outcomes(owner: Owner) -> None:
    request_id = owner.door.friend_asks("story-of@example.com")
    owner.door.ask("POST", "people/refresh", {})
    person_id = found(owner.door, "story-of@example.com")["person_id"]
    until = (datetime.now(UTC) + timedelta(days=3)).isoformat()
    owner.door.ask("PUT", f"people/{person_id}/access", {"until": until})
    visit(owner, "story-of@example.com")
    story = owner.page.locator(".timeline")
    expect(story).to_contain_text("end date")
    story.get_by_role("link", name=re.compile("^Requested through the form")).click()
    owner.sees("story-of@example.com")
    assert owner.page.url.endswith(request_id)


def test_restrictions_are_those_the_subscription_offers_with_presets(owner: Owner) -> None:
    visit(owner, "anna")
    owner.page.locator("summary", has_text="Restrictions").click()
    card = owner.page.get_by_role("region", name="Restrictions")
    card.get_by_label("Start from").select_option(label="Kids (United States)")
    movies = card.get_by_label("Only these movies")
    expect(movies).to_have_value(re.compile("contentRating"))
    card.get_by_label("May download").check()
    card.get_by_role("button", name="Save", exact=True).click()
    expect(owner.told()).to_have_text("Done, and Plex shows it.")
    kept = found(owner.door, "anna")["restrictions"]
    assert kept["downloads"] is True
    assert "contentRating" in kept["movies"]

    nothing = {"plex_pass": False, "offered": dict.fromkeys(kept, False)}
    owner.page.route(re.compile("api/restrictions$"), lambda route: route.fulfill(json=nothing))
    visit(owner, "anna")
    owner.page.locator("summary", has_text="Restrictions").click()
    expect(card).to_contain_text("need a Plex Pass")


def test_the_owners_own_presets_are_saved_applied_and_deleted(owner: Owner) -> None:
    visit(owner, "anna")
    owner.page.locator("summary", has_text="Restrictions").click()
    card = owner.page.get_by_role("region", name="Restrictions")
    start = card.get_by_label("Start from")
    movies = card.get_by_label("Only these movies")
    movies.fill("contentRating=G")
    card.get_by_label("Save these fields").fill("Little ones")
    card.get_by_role("button", name="Save as a preset").click()
    expect(card.get_by_text("“Little ones” is saved.")).to_be_visible()
    expect(movies).to_have_value("contentRating=G")  # what was typed is still there
    kept = owner.door.ask("GET", "presets")["presets"][0]
    assert (kept["name"], kept["restrictions"]["movies"]) == ("Little ones", "contentRating=G")

    visit(owner, "bert")
    owner.page.locator("summary", has_text="Restrictions").click()
    expect(card.get_by_role("button", name="Delete")).to_have_count(0)
    start.select_option(label="Kids (Germany)")
    expect(card.get_by_role("button", name="Delete")).to_have_count(0)  # that one is Helpr's
    start.select_option(label="Little ones")
    expect(movies).to_have_value("contentRating=G")
    card.get_by_role("button", name="Delete “Little ones”").click()
    owner.page.get_by_role("dialog").get_by_role("button", name="Delete “Little ones”").click()
    expect(card.get_by_text("“Little ones” is deleted.")).to_be_visible()
    assert all("country" in one for one in owner.door.ask("GET", "presets")["presets"])


def test_stored_data_is_downloaded_as_a_file_and_erased(owner: Owner, tmp_path: Path) -> None:
    request_id = owner.door.friend_asks("gone-soon@example.com")
    owner.door.ask("POST", "people/refresh", {})
    visit(owner, "gone-soon@example.com")
    with owner.page.expect_download() as download:
        owner.press("Download as a file")
    file = tmp_path / "person.json"
    download.value.save_as(file)
    assert request_id in file.read_text()

    owner.press("Erase…")
    owner.page.get_by_role("dialog").get_by_role("button", name="Erase…").click()
    expect(owner.told()).to_contain_text("Erased. The access goes on")
    assert owner.door.ask("GET", "people?search=gone-soon")["people"] == []


def test_the_overview_says_whose_access_ends_soon(owner: Owner) -> None:
    person_id = found(owner.door, "cleo")["person_id"]
    until = (datetime.now(UTC) + timedelta(days=3, hours=1)).isoformat()
    owner.door.ask("PUT", f"people/{person_id}/access", {"until": until})
    owner.open()
    card = owner.page.get_by_role("region", name=re.compile("ends soon"))
    expect(card.get_by_role("listitem").filter(has_text="cleo")).to_contain_text("in 3 days")
    card.get_by_role("link", name="See who ends soon").click()
    owner.sees("People")
    expect(owner.row("cleo")).to_be_visible()
    owner.door.ask("PUT", f"people/{person_id}/access", {"until": None})


@needs_axe
def test_axe_finds_nothing_on_a_person_operations_and_drift(sign_in: SignIn) -> None:
    owner = sign_in(viewport=NARROW, color_scheme="light", bypass_csp=True)
    plex = owner.site.plex
    plex.share(LONG, [MOVIES])
    owner.door.ask("POST", "people/refresh", {})
    plex.fail("status", status=503, method="DELETE")
    owner.door.ask("DELETE", f"people/{found(owner.door, 'anna')['person_id']}")
    long_one = found(owner.door, LONG)
    for view, heading in {
        f"#/people/{long_one['person_id']}": long_one["title"] or LONG,
        f"#/people/{found(owner.door, 'anna')['person_id']}": "anna",
        "#/people/operations": "Operations",
        "#/people/drift": "Differences",
    }.items():
        owner.open(view, heading)
        owner.page.evaluate(OPEN_ALL)
        expect(owner.page.locator("[aria-busy=true]")).to_have_count(0)
        owner.page.evaluate(AXE.read_text())
        assert axe_everywhere(owner.page) == [], view
        assert owner.page.evaluate(TOO_WIDE) is False, view
        owner.page.evaluate("document.documentElement.style.fontSize = '200%'")
        assert owner.page.evaluate(TOO_WIDE) is False, view
