"""The overview, the check and the activity."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import SignIn
from tests.browser.live import LiveSite
from tests.browser.owner import Owner, fill_log


@pytest.fixture(autouse=True)
def _usual_settings(owner: Owner) -> None:
    owner.door.set()


def test_before_anybody_has_asked_it_says_what_to_do_first(owner: Owner) -> None:
    owner.open()

    empty = owner.page.locator(".empty")
    expect(empty).to_have_count(2)
    expect(empty.last).to_contain_text("Share the link")
    steps = owner.page.get_by_role("region", name="First steps").get_by_role("listitem")
    expect(steps).to_have_count(5)
    expect(steps.filter(has_text="Done")).to_have_count(3)
    expect(owner.page.locator("#daily-card")).to_be_hidden()
    way = steps.filter(has_text="Who can ask").get_by_role("link", name="Settings")
    expect(way).to_have_attribute("href", "#/settings")
    expect(owner.page.get_by_role("link", name=f"{owner.site.url}/")).to_be_visible()


@pytest.fixture
def used(owner: Owner) -> Owner:
    """The owner of a server with a month of requests."""
    if not owner.door.ask("GET", "invites?search=month")["invites"]:
        statuses = ["success"] * 30 + ["failed"] * 3 + ["denied"] * 2
        fill_log(owner.site, statuses, name="month")
    return owner


def test_everything_is_at_hand(used: Owner) -> None:
    used.site.plex.share("kim@example.com")
    used.door.ask("GET", "connection")  # reads the seats
    used.open()
    page = used.page

    expect(page.get_by_role("heading", name="Seats")).to_be_visible()
    expect(page.locator(".figure")).to_have_text("1 of 100 seats taken")
    expect(page.locator("svg.room").first.locator("path")).to_have_count(100)
    expect(page.get_by_role("table", name="Newest requests").get_by_role("row")).to_have_count(
        1 + 5
    )
    page.get_by_role("link", name="Failed: 3").click()
    used.sees("Requests")
    expect(page.get_by_label("Status")).to_have_value("failed")


def test_the_chart_has_its_numbers_in_a_table_too(used: Owner) -> None:
    used.open()
    page = used.page
    expect(page.locator(".chart .bar")).to_have_count(30)
    expect(page.locator(".chart")).to_have_attribute("aria-hidden", "true")

    page.get_by_text("The same numbers as a table").click()

    table = page.get_by_role("region", name="Numbers for each day").get_by_role("table")
    expect(table.get_by_role("row")).to_have_count(1 + 30)
    cells = table.locator("tbody tr").evaluate_all(
        "rows => rows.map(row => [...row.cells].slice(1).map(cell => Number(cell.textContent)))"
    )
    days = used.door.ask("GET", "stats?days=30")["days"]
    assert [row[0] for row in cells] == [day["total"] for day in reversed(days)]
    assert all(row[0] == sum(row[1:]) for row in cells)


def test_the_period_of_the_chart_is_part_of_the_address(used: Owner) -> None:
    used.open()
    page = used.page

    page.get_by_role("link", name="7 days").click()

    expect(page.get_by_role("link", name="7 days")).to_have_attribute("aria-current", "true")
    assert page.url.endswith("#/?days=7")
    page.go_back()
    expect(page.get_by_role("link", name="30 days")).to_have_attribute("aria-current", "true")


BARS = """() => {
  const all = document.querySelector(".bars").getBoundingClientRect();
  return [...document.querySelectorAll(".bar")].map(
    bar => [...bar.children].map(it => it.getBoundingClientRect().height / all.height));
}"""


def test_a_bar_is_as_high_as_its_day_has_requests(used: Owner) -> None:
    used.open()
    days = used.door.ask("GET", "stats?days=30")["days"]
    most = max(day["total"] for day in days)

    heights = [sum(parts) for parts in used.page.evaluate(BARS)]

    assert most > 4
    highest = max(heights)
    assert 0.5 < highest <= 1.001
    shares = [height / highest for height in heights]
    assert shares == pytest.approx([day["total"] / most for day in days], abs=0.01)


def test_the_day_under_the_pointer_is_described(used: Owner) -> None:
    used.open()
    point = used.page.locator(".point")
    expect(point).to_contain_text("in 30 days")

    bars = used.page.locator(".bars")
    size = bars.bounding_box()
    assert size is not None
    bars.hover(position={"x": size["width"] - 4, "y": size["height"] - 4})

    expect(point).to_contain_text(re.compile(r"Sent: \d"))
    used.page.mouse.move(0, 0)
    expect(point).to_contain_text("in 30 days")


def test_the_chart_follows_the_colours_of_the_system(used: Owner) -> None:
    used.open()
    part = used.page.locator(".bar > .sent").first
    expect(part).to_have_css("background-color", "rgb(13, 111, 128)")

    used.page.emulate_media(color_scheme="dark")

    expect(part).to_have_css("background-color", "rgb(79, 179, 192)")


def test_a_problem_is_on_top_with_what_to_do(owner: Owner) -> None:
    owner.site.plex.token = "another-token"
    owner.open("#/check")
    page = owner.page

    expect(page.get_by_role("heading", level=2)).to_contain_text("broken")
    token = page.get_by_role("listitem").filter(has_text="Plex token")
    expect(token).to_contain_text("Broken")
    expect(token).to_contain_text("To do:")
    expect(token).to_contain_text("PLEX_TOKEN")
    expect(token).not_to_contain_text(re.compile(r"\d+ ms|\d s"))
    page.get_by_text("How long each took").click()
    expect(page.locator(".facts")).to_contain_text(re.compile(r"Plex token(under )?[\d.]+ m?s"))

    owner.site.plex.reset()
    owner.press("Check again")
    expect(page.get_by_role("listitem").filter(has_text="Plex token")).to_contain_text("OK")


def test_the_owners_actions_are_listed_newest_first(owner: Owner) -> None:
    owner.door.set(welcome="Hello")
    owner.open("#/activity")

    newest = owner.page.locator(".events > li").first
    expect(newest).to_contain_text("changed the settings")
    newest.get_by_text("Details").click()
    expect(newest).to_contain_text("Welcome text")
    expect(newest).to_contain_text("Hello")
    expect(newest).to_contain_text("Reference:")


def test_activity_is_paged(owner: Owner) -> None:
    for number in range(21):
        owner.door.set(daily_cap=number)
    owner.open("#/activity")
    page = owner.page
    expect(page.locator(".events > li")).to_have_count(20)
    counted = page.get_by_role("status").filter(has_text="entries")
    expect(counted).to_have_text(re.compile(r"^1–20 of \d+ entries$"))

    page.get_by_role("link", name="Older").click()

    expect(page.get_by_role("link", name="Newest")).to_be_visible()
    expect(counted).to_have_text(re.compile(r"^21–\d+ of \d+ entries$"))
    owner.sees("Activity")
    page.go_back()
    expect(page.get_by_role("link", name="Newest")).to_have_count(0)


def test_an_unknown_address_is_reported(sign_in: SignIn) -> None:
    owner = sign_in()
    owner.open("#/nothing/here", "Page not found")

    owner.page.get_by_role("link", name="Go to the overview").click()

    owner.sees("Overview")


def test_the_link_is_copied(owned: LiveSite, sign_in: SignIn) -> None:
    owner = sign_in(permissions=["clipboard-read", "clipboard-write"])
    owner.open()

    owner.press("Copy the link")

    expect(owner.page.get_by_role("status").first).to_have_text("Copied")
    assert owner.page.evaluate("navigator.clipboard.readText()") == f"{owned.url}/"
