"""The log of requests: found, paged, read, answered, exported; and somebody invited."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.owner import Door, Owner, fill_log

FIELD = "Plex username or e-mail"


@pytest.fixture(autouse=True)
def _months_of_use(other: Door) -> None:
    if not other.ask("GET", "invites?search=past")["invites"]:
        fill_log(other.site, ["success", "denied"] * 12 + ["success"], name="past")


def _names(owner: Owner) -> list[str]:
    return owner.page.get_by_role("rowheader").get_by_role("link").all_inner_texts()


def test_the_newest_twenty_come_first_and_the_older_ones_follow(owner: Owner) -> None:
    owner.open("#/requests?search=past")
    expect(owner.page.get_by_role("row")).to_have_count(1 + 20)
    newest = _names(owner)
    assert newest == sorted(newest)
    counted = owner.page.locator("#results").get_by_role("status")
    expect(counted).to_have_text("1–20 of 25 requests")

    owner.page.get_by_role("link", name="Older").click()

    expect(owner.page.get_by_role("row")).to_have_count(1 + 5)
    expect(counted).to_have_text("21–25 of 25 requests")
    assert set(newest).isdisjoint(_names(owner))
    expect(owner.page.get_by_role("link", name="Older")).to_have_count(0)
    owner.page.go_back()
    expect(owner.page.get_by_role("row")).to_have_count(1 + 20)
    owner.page.go_forward()
    owner.page.get_by_role("link", name="Newest").click()
    expect(owner.page.get_by_role("row")).to_have_count(1 + 20)


def test_a_filter_is_an_address_that_can_be_reloaded_and_gone_back_to(owner: Owner) -> None:
    owner.open("#/requests")
    page = owner.page
    page.get_by_label("Status").select_option("Denied")
    page.get_by_label("Name or e-mail", exact=True).fill("past00")

    page.keyboard.press("Enter")

    expect(page.get_by_role("row")).to_have_count(1 + 5)
    expect(page.locator("#results")).to_be_focused()
    assert page.url.endswith("#/requests?status=denied&search=past00")
    page.reload()
    expect(page.get_by_role("row")).to_have_count(1 + 5)
    expect(page.get_by_label("Name or e-mail", exact=True)).to_have_value("past00")
    page.get_by_role("link", name="past001@example.com").click()
    owner.sees("past001@example.com")
    page.get_by_role("link", name="All requests").click()
    expect(page.get_by_role("row")).to_have_count(1 + 5)
    page.get_by_role("link", name="Clear").click()
    expect(page.get_by_role("row")).to_have_count(1 + 20)
    page.go_back()
    expect(page.get_by_label("Status")).to_have_value("denied")


def test_dates_are_in_the_readers_time_zone_and_inclusive(owner: Owner) -> None:
    owner.open("#/requests")
    page = owner.page
    today, tomorrow = page.evaluate("""() => [0, 1].map((days) => {
        const at = new Date(); at.setDate(at.getDate() + days);
        return new Intl.DateTimeFormat("sv-SE").format(at);
    })""")

    page.get_by_label("From").fill(tomorrow)
    owner.press("Filter")
    expect(page.locator(".empty")).to_contain_text("No requests match this filter")

    page.get_by_label("From").fill("")
    page.get_by_label("To").fill(today)
    owner.press("Filter")
    expect(page.get_by_role("row")).to_have_count(1 + 20)


def test_an_invalid_date_is_refused_at_its_field(owner: Owner) -> None:
    owner.open("#/requests?since=soon")

    expect(owner.page.get_by_role("alert")).to_contain_text("since")


def test_the_export_is_exactly_the_filter(owner: Owner, tmp_path: Path) -> None:
    owner.open("#/requests?status=denied&search=past")

    with owner.page.expect_download() as download:
        owner.page.get_by_role("link", name="Export CSV").click()

    file = tmp_path / download.value.suggested_filename
    download.value.save_as(file)
    assert file.name == "helpr-invites.csv"
    with file.open(encoding="utf-8-sig", newline="") as lines:
        rows = list(csv.DictReader(lines))
    assert {row["status"] for row in rows} == {"denied"}
    assert len(rows) == 12


def test_an_export_without_a_connection_says_so_and_saves_no_file(owner: Owner) -> None:
    owner.open("#/requests")
    owner.context.set_offline(True)

    owner.page.get_by_role("link", name="Export CSV").click()

    expect(owner.page.get_by_role("alert")).to_contain_text("Are you online?")


def test_a_request_shows_all_its_events_and_is_sent_again(owner: Owner) -> None:
    owner.site.plex.fail("status", status=503, method="POST")
    request_id = owner.door.friend_asks("story@example.com", note="From the choir")
    owner.site.postpone("story@example.com")
    owner.site.plex.clear_faults()
    owner.open(f"#/requests/{request_id}", "story@example.com")
    page = owner.page
    expect(page).to_have_title("story@example.com · Helpr dashboard")
    story = page.get_by_role("region", name="Status")
    expect(story).to_contain_text("Waiting for Plex")
    expect(story).to_contain_text("“We’re keeping your request”")
    expect(story).to_contain_text("plex.tv could not be reached")
    expect(page.get_by_role("region", name="Note")).to_contain_text("From the choir")
    happened = page.locator(".timeline li")
    expect(happened.first).to_contain_text("Requested through the form")
    expect(happened.last).to_contain_text("Next attempt")

    page.get_by_role("button", name="Retry: story@example.com").click()

    expect(owner.told()).to_contain_text("story@example.com: Sent")
    expect(story).to_contain_text("Sent")
    expect(happened.filter(has_text="retried a request")).to_have_count(1)
    expect(happened.filter(has_text="sent an invitation")).to_have_count(1)
    expect(page.get_by_role("button", name=re.compile("^Retry"))).to_have_count(0)
    assert owner.site.plex.share_of("story@example.com") is not None


def test_the_owner_reads_each_note_and_whose_browser_it_came_from(
    owner: Owner, other: Door
) -> None:
    request_id = owner.door.friend_asks("noted@example.com", note="From the choir")
    owner.door.friend_asks("noted@example.com", note="It is urgent")
    other.friend_asks("noted@example.com", note="I am somebody else")

    owner.open(f"#/requests/{request_id}", "noted@example.com")

    notes = owner.page.get_by_role("region", name="Notes").get_by_role("listitem")
    expect(notes).to_have_count(3)
    expect(notes.nth(0)).to_contain_text("“From the choir”With the request.")
    expect(notes.nth(1)).to_contain_text("“It is urgent”Later, from the same browser.")
    expect(notes.nth(2)).to_contain_text("“I am somebody else”Later, from another browser:")
    owner.open("#/requests?search=noted")
    expect(owner.row("noted@example.com")).to_contain_text("“From the choir” and 2 more notes")


def test_a_failed_request_says_why_in_the_list_and_can_be_tried_again(owner: Owner) -> None:
    owner.door.friend_asks("nobody-there")
    owner.open("#/requests?status=failed")
    row = owner.row("nobody-there")
    expect(row).to_contain_text("Failed")
    expect(row).to_contain_text("Plex refused this invitation")

    row.get_by_role("button", name="Retry").click()

    expect(owner.told()).to_contain_text("nobody-there: Failed")
    expect(row.get_by_role("button", name="Retry")).to_have_count(1)


def test_an_action_that_is_no_longer_possible_says_why(owner: Owner) -> None:
    owner.site.plex.fail("invalid_token", method="POST")
    request_id = owner.door.friend_asks("twice@example.com")
    owner.site.postpone("twice@example.com")
    owner.open(f"#/requests/{request_id}", "twice@example.com")
    owner.site.take_up("twice@example.com")

    owner.page.get_by_role("button", name="Retry: twice@example.com").click()

    expect(owner.told()).to_contain_text("It is being sent right now")


def test_an_unknown_request_is_reported(owner: Owner) -> None:
    owner.open("#/requests/00000000-0000-4000-8000-000000000000", "Request")

    expect(owner.page.get_by_role("alert")).to_be_visible()
    expect(owner.page.get_by_role("link", name="All requests")).to_be_visible()


def test_the_owner_invites_somebody(owner: Owner) -> None:
    owner.open("#/requests")
    page = owner.page
    page.get_by_text("Invite someone").click()
    page.get_by_label(FIELD).fill("guest@example.com")

    owner.press("Send invitation")

    expect(owner.told()).to_contain_text("guest@example.com: Sent")
    expect(page.get_by_label(FIELD)).to_have_value("")
    expect(owner.row("guest@example.com")).to_contain_text("Sent")


def test_an_invite_can_give_other_libraries_than_usual(owner: Owner) -> None:
    owner.open("#/requests")
    page = owner.page
    page.get_by_text("Invite someone").click()
    page.get_by_label(FIELD).fill("music@example.com")
    page.get_by_text("Other libraries than usual").click()
    page.get_by_role("checkbox", name="Movies").first.uncheck()
    page.get_by_role("checkbox", name="Music").check()

    owner.press("Send invitation")

    expect(owner.told()).to_contain_text("music@example.com: Sent")
    share = owner.site.plex.share_of("music@example.com")
    assert share is not None
    assert share.library_ids is not None
    assert set(share.library_ids) == {118181362, 118181363}


def test_a_mistake_in_an_invite_is_shown_at_its_field_and_nothing_is_lost(owner: Owner) -> None:
    owner.open("#/requests")
    page = owner.page
    page.get_by_text("Invite someone").click()
    page.get_by_label(FIELD).fill("sam@@example.com")

    owner.press("Send invitation")

    field = page.get_by_label(FIELD)
    expect(owner.told()).to_contain_text("That didn’t work")
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(field).to_have_accessible_description(re.compile("name@example.com"))
    owner.told().get_by_role("button").click()
    expect(field).to_be_focused()
    owner.follow("Overview")
    owner.sees("Overview")
    owner.follow("Requests")
    expect(field).to_have_value("sam@@example.com")


def test_an_invite_that_plex_refuses_leads_to_its_request(owner: Owner) -> None:
    owner.open("#/requests")
    page = owner.page
    page.get_by_text("Invite someone").click()
    page.get_by_label(FIELD).fill("nobody-else")
    owner.press("Send invitation")
    expect(owner.told()).to_contain_text("Check the spelling")

    owner.told().get_by_role("link").click()

    owner.sees("nobody-else")
    expect(page.get_by_role("region", name="Status")).to_contain_text("Failed")
