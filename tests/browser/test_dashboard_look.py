"""How the dashboard looks and behaves on every screen: axe, widths, states, keyboard."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import DESKTOP, PHONE, NewPage, SignIn
from tests.browser.friend_states import LONG, NAME
from tests.browser.live import Held, LiveSite
from tests.browser.owner import VIEWS, Door, Owner, fill_log
from tests.browser.test_friend_states import OVERLAPS
from tests.browser.test_look import (
    AXE,
    IMAGES,
    NARROW,
    SHIFTS,
    TOO_WIDE,
    axe_everywhere,
    is_painted_whole,
)

needs_axe = pytest.mark.skipif(
    not AXE.exists(), reason="needs axe-core: install Node.js and run `npm install`"
)
API = re.compile(r"/dashboard/api/")
# Links within a sentence or a line of a table may be as low as the line is.
SMALL = """() => [...document.querySelectorAll("button, .button, input, select, textarea, #nav a")]
  .filter(it => it.getClientRects().length && !it.matches(".link, [type=checkbox]"))
  .map(it => [it.outerHTML, it.getBoundingClientRect()])
  .filter(([, box]) => box.height < 44 || box.width < 44).map(([html]) => html)"""
OPEN_ALL = """() => {
  for (const it of document.querySelectorAll("main details")) it.open = true;
}"""
GOES = """hash => { window.location.hash = hash; }"""


@pytest.fixture(autouse=True)
def in_use(owned: LiveSite, other: Door) -> str:
    """A server with something of everything; the id of a request with many events."""
    plex = owned.plex
    plex.change(people=62)
    for number in range(9):
        plex.share(f"invited{number}@example.com")
    found = other.ask("GET", "invites?search=queued")["invites"]
    if not found:
        statuses = ["success"] * 5 + ["failed", "success", "denied", "success"]
        fill_log(other.site, statuses * 8, hours_apart=(3, 2, 9, 31, 4, 1, 20, 7))
        plex.fail("status", status=503, method="POST")
        other.friend_asks("queued@example.com")
        owned.postpone("queued@example.com")
        plex.clear_faults()
        other.friend_asks("nobody-knows")
        other.set(approval_required=True, welcome="Take a seat.")
        other.friend_asks("anna.berg@example.com", note="It is me, from next door")
        found = other.ask("GET", "invites?search=queued")["invites"]
    other.ask("GET", "connection")
    request_id: str = found[0]["request_id"]
    return request_id


def _each_view(owner: Owner, request_id: str) -> Iterator[str]:
    """Go to every view in turn, as the owner does: within one page."""
    owner.open("#/nothing", "Page not found")
    for hash_, heading in {**VIEWS, f"#/requests/{request_id}": "queued@example.com"}.items():
        owner.page.evaluate(GOES, hash_)
        owner.sees(heading)
        expect(owner.page.locator("[aria-busy=true], .skeleton")).to_have_count(0)
        yield hash_


@needs_axe
def test_axe_finds_nothing_in_any_view(sign_in: SignIn, in_use: str) -> None:
    owner = sign_in(viewport=PHONE, color_scheme="light", bypass_csp=True)
    found = {}
    for view in _each_view(owner, in_use):
        owner.page.evaluate(OPEN_ALL)
        expect(owner.page.locator("[aria-busy=true]")).to_have_count(0)
        found[view] = _axe(owner.page)

    assert {view: problems for view, problems in found.items() if problems} == {}


@needs_axe
def test_axe_finds_nothing_in_sign_in_errors_and_dialogs(
    owned: LiveSite, sign_in: SignIn, new_page: NewPage
) -> None:
    page = new_page(color_scheme="light", bypass_csp=True)
    page.goto(f"{owned.url}/dashboard")
    page.get_by_role("button", name="Sign in").click()
    expect(page.locator(".notice, .summary")).to_be_focused()
    assert _axe(page) == []

    owner = sign_in(color_scheme="light", bypass_csp=True)
    owner.open("#/settings")
    owner.page.get_by_label("Invitations per day").fill("many")
    owner.press("Save")
    expect(owner.told()).to_be_visible()
    assert _axe(owner.page) == []
    owner.door.sign_out()
    owner.press("Save")
    expect(owner.page.get_by_role("dialog")).to_be_visible()
    assert _axe(owner.page) == []


def _axe(page: Page) -> list[str]:
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE.read_text())
    return axe_everywhere(page)


NAVIGATION = """() => {
  const row = document.querySelector("#nav > ul");
  const shown = [...row.querySelectorAll("a"), document.querySelector("#more > summary")];
  const places = shown.map(it => it.getBoundingClientRect());
  return {
    rows: new Set(places.map(it => it.top)).size,
    cut: row.scrollWidth > row.clientWidth
      || places.some(it => it.left < 0 || it.right > innerWidth),
    ways: row.children.length,
  };
}"""


@pytest.mark.parametrize("language", ["en", "de"])
def test_the_phones_navigation_is_one_row_that_hides_nothing(
    sign_in: SignIn, language: str
) -> None:
    owner = sign_in(viewport=NARROW, locale=language)
    page = owner.page
    owner.open("#/activity", {"en": "Activity", "de": "Aktivität"}[language])
    for size in ("100%", "200%"):
        page.evaluate("size => { document.documentElement.style.fontSize = size }", size)
        _is_one_row_that_hides_nothing(page)


def _is_one_row_that_hides_nothing(page: Page) -> None:
    more = page.locator("#more > summary")
    expect(more).to_be_visible()
    while (found := page.evaluate(NAVIGATION))["cut"]:
        page.wait_for_timeout(20)

    assert found["rows"] == 1
    assert 1 <= found["ways"] < len(VIEWS)
    expect(page.locator("#more")).to_have_class("current")
    more.click()
    hidden = page.locator("#more li a")
    assert found["ways"] + hidden.count() == page.locator("#nav a").count()
    for link in hidden.all():
        link.scroll_into_view_if_needed()
        expect(link).to_be_in_viewport(ratio=0.9)
    expect(hidden.last).to_have_attribute("aria-current", "page")
    page.keyboard.press("Escape")
    expect(hidden.last).to_be_hidden()
    expect(more).to_be_focused()


def test_a_link_behind_more_opens_its_view_and_closes_the_menu(sign_in: SignIn) -> None:
    owner = sign_in(viewport=NARROW)
    owner.open()
    expect(owner.page.locator("#more")).not_to_have_class("current")

    owner.page.locator("#more > summary").click()
    owner.page.get_by_role("link", name="Settings", exact=True).click()

    owner.sees("Settings")
    expect(owner.page.get_by_role("link", name="Activity", exact=True)).to_be_hidden()


def test_a_wide_screen_shows_every_link(owner: Owner) -> None:
    owner.open()

    expect(owner.page.locator("#more")).to_be_hidden()
    every = owner.page.locator("#nav a").count()
    expect(owner.page.locator("#nav > ul a:visible")).to_have_count(every)


@pytest.mark.parametrize("viewport", [NARROW, DESKTOP], ids=["narrow", "desktop"])
def test_the_sign_in_is_centred_and_fully_visible(
    owned: LiveSite, new_page: NewPage, viewport: dict[str, int]
) -> None:
    page = new_page(viewport=viewport)
    page.goto(f"{owned.url}/dashboard")
    expect(page.get_by_label("Username")).to_be_focused()
    expect(page.get_by_role("button", name="Sign in")).to_be_in_viewport(ratio=1)

    card, room = (page.locator(it).bounding_box() for it in (".signing-in", ".room-side"))
    assert card is not None
    assert room is not None
    left = card["x"] - room["x"]
    right = room["width"] - card["width"] - left
    assert abs(left - right) <= 1


def test_every_view_fits_a_narrow_phone_and_doubled_text(sign_in: SignIn, in_use: str) -> None:
    owner = sign_in(viewport=NARROW)
    for view in _each_view(owner, in_use):
        assert owner.page.evaluate(TOO_WIDE) is False, view
        assert owner.page.evaluate(SMALL) == [], view
        owner.page.evaluate("document.documentElement.style.fontSize = '200%'")
        assert owner.page.evaluate(TOO_WIDE) is False, view
        owner.page.evaluate("document.documentElement.style.fontSize = ''")


# What has no room at this width, with text as it is and doubled. The navigation adapts to a size
# within the next frame, so it has done so when the one after that begins.
CRAMPED = f"""async () => {{
  const found = [];
  for (const size of ["100%", "200%"]) {{
    document.documentElement.style.fontSize = size;
    for (let frame = 0; frame < 2; frame++) await new Promise(requestAnimationFrame);
    found.push(...[{TOO_WIDE}, ...({OVERLAPS})()].filter(Boolean).map(it => `${{size}}: ${{it}}`));
  }}
  document.documentElement.style.fontSize = "";
  return found;
}}"""


def test_every_view_has_room_for_long_data(sign_in: SignIn, other: Door) -> None:
    local = NAME.partition("@")[0]
    fill_log(other.site, ["awaiting_approval", "failed", "success", "denied"], name=local)
    link = other.ask("POST", "links", {"label": LONG[:80], "welcome": "W" * 200})
    other.ask("POST", "people/refresh")
    asked = other.ask("GET", f"invites?search={local}")["invites"][0]
    person = other.ask("GET", "people")["people"][0]
    own = {
        f"#/requests/{asked['request_id']}": asked["email_or_username"],
        f"#/people/{person['person_id']}": person["title"],
        f"#/links/{link['link_id']}": link["label"],
        "#/people/operations": "Operations",
        "#/people/drift": "Differences",
        "#/notices": "Notices",
    }
    owner = sign_in(viewport=PHONE)
    owner.open()
    for view, heading in {**VIEWS, **own}.items():
        owner.page.evaluate(GOES, view)
        owner.sees(heading)
        expect(owner.page.locator("[aria-busy=true], .skeleton")).to_have_count(0)
        owner.page.evaluate(OPEN_ALL)
        for width in (320, 390, 1280):
            owner.page.set_viewport_size({"width": width, "height": 800})
            assert owner.page.evaluate(CRAMPED) == [], (view, width)


@pytest.mark.parametrize("viewport", [PHONE, DESKTOP], ids=["phone", "desktop"])
@pytest.mark.parametrize("view", ["#/", "#/libraries"])
def test_nothing_jumps_while_a_view_loads(
    sign_in: SignIn, view: str, viewport: dict[str, int]
) -> None:
    owner = sign_in(viewport=viewport, reduced_motion="no-preference")
    owner.open(view)
    while not is_painted_whole(owner.page):
        owner.page.reload()
        owner.open(view)

    assert sum(owner.page.evaluate(SHIFTS)) < 0.02


def test_the_keyboard_walks_the_dashboard(owner: Owner) -> None:
    owner.open("#/activity")
    page = owner.page

    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the view")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("main")).to_be_focused()
    assert page.url.endswith("#/activity")
    page.keyboard.press("Shift+Tab")
    ways = page.get_by_role("navigation", name="Dashboard").get_by_role("link")
    for _ in range(ways.count()):
        page.keyboard.press("Shift+Tab")
    page.keyboard.press("Tab")
    focused = page.locator(":focus")
    expect(focused).to_have_accessible_name("Requests")
    assert focused.evaluate("it => getComputedStyle(it).outlineStyle") == "solid"
    page.keyboard.press("Enter")

    owner.sees("Requests")
    expect(page.get_by_role("heading", level=1)).to_be_focused()
    expect(page).to_have_title("Requests · Helpr dashboard")
    expect(page.get_by_role("link", name="Requests", exact=True)).to_have_attribute(
        "aria-current", "page"
    )


def test_back_and_forward_go_through_the_views(owner: Owner) -> None:
    owner.open()
    for name in ("Requests", "Libraries", "Settings"):
        owner.follow(name)
        owner.sees(name)

    owner.page.go_back()
    owner.sees("Libraries")
    owner.page.go_back()
    owner.sees("Requests")
    owner.page.go_forward()
    owner.sees("Libraries")
    expect(owner.page.get_by_role("checkbox").first).to_be_visible()


def test_every_view_reports_a_lost_connection_and_recovers(owner: Owner) -> None:
    page = owner.page
    owner.open("#/nothing", "Page not found")
    for view, heading in VIEWS.items():
        page.route(API, lambda route: route.abort("internetdisconnected"))

        page.evaluate(GOES, view)

        owner.sees(heading)
        alerts = page.locator("main").get_by_role("alert")
        expect(page.locator("main .skeleton, [aria-busy=true]")).to_have_count(0)
        expect(alerts).to_have_count(1)
        expect(alerts).to_contain_text("No connection")
        page.unroute(API)
        for part in reversed(page.get_by_role("button", name="Try again", exact=True).all()):
            part.click()
        expect(page.locator("main .skeleton, [aria-busy=true]")).to_have_count(0)
        expect(alerts).to_have_count(0)
        expect(page.locator("main .card").first).to_be_visible()


def test_what_is_tried_without_a_connection_is_told_in_place_of_the_view(owner: Owner) -> None:
    page = owner.page
    owner.open("#/links")
    page.route(API, lambda route: route.abort("internetdisconnected"))
    page.evaluate(GOES, "#/batches")
    alerts = page.locator("main").get_by_role("alert")
    expect(alerts).to_have_count(1)
    page.get_by_label("Your friends, one on each line").fill("friend@example.com")
    page.locator("main form").get_by_role("button").last.click()
    expect(page.locator("main form").get_by_role("alert")).to_contain_text("No connection")
    expect(alerts).to_have_count(1)
    page.unroute(API)
    page.get_by_role("button", name="Try again", exact=True).click()
    expect(page.locator("main .skeleton, [aria-busy=true]")).to_have_count(0)


def test_a_server_error_has_a_reference_to_copy(owner: Owner) -> None:
    reference = "7c9e6679-7425-40de-944b-e07fc1f90ae7"
    broken = {
        "status": 500,
        "title": "Something went wrong on our side",
        "detail": "Nothing you did is wrong.",
        "code": "internal_error",
        "reference": reference,
    }
    owner.page.route(API, lambda route: route.fulfill(status=500, json=broken))

    owner.page.goto(f"{owner.site.url}/dashboard#/libraries")

    shown = owner.page.get_by_role("alert").get_by_role("code")
    expect(shown).to_have_text(reference)
    expect(shown).to_have_css("user-select", "all")


def test_while_a_view_loads_its_outline_is_shown_and_announced(owner: Owner) -> None:
    held = Held(owner.page, API)

    owner.page.goto(f"{owner.site.url}/dashboard#/settings")

    owner.sees("Settings")
    busy = owner.page.locator("[aria-busy=true]")
    expect(busy).to_contain_text("Loading…")
    expect(busy.locator(".bone").first).to_be_visible()
    held.let_go()
    expect(owner.page.get_by_label("Title")).to_be_visible()
    expect(busy).to_have_count(0)


def test_with_reduced_motion_nothing_moves(sign_in: SignIn) -> None:
    owner = sign_in(reduced_motion="reduce")
    held = Held(owner.page, API)
    owner.page.goto(f"{owner.site.url}/dashboard#/settings")
    # Before its heading, the page is the one without scripts, whose timers count as animations.
    owner.sees("Settings")
    expect(owner.page.locator(".bone").first).to_be_visible()

    assert owner.page.evaluate("document.getAnimations().length") == 0
    held.let_go()


def test_the_first_paint_waits_for_no_answer(owned: LiveSite, new_page: NewPage) -> None:
    page = new_page(viewport=DESKTOP)
    held = Held(page, re.compile(r"/dashboard/session\b"))

    # What shows itself after seconds without a script does not show itself here, however slow.
    page.context.new_cdp_session(page).send("Animation.setPlaybackRate", {"playbackRate": 0})

    page.goto(f"{owned.url}/dashboard")

    expect(page.get_by_role("link", name="Helpr")).to_be_visible()
    expect(page.locator("main .bone").first).to_be_visible()
    held.let_go()


@pytest.mark.skipif(
    os.environ.get("HELPR_WRITE_SCREENSHOTS") != "1",
    reason="writes docs/images: set HELPR_WRITE_SCREENSHOTS=1 to do so",
)
@pytest.mark.parametrize(("scheme", "file"), [("light", "dashboard"), ("dark", "dashboard-dark")])
def test_the_pictures_in_the_readme_are_of_the_overview(
    sign_in: SignIn, scheme: str, file: str
) -> None:
    owner = sign_in(viewport={"width": 1280, "height": 900}, color_scheme=scheme)
    owner.open()
    expect(owner.page.locator(".chart .bars")).to_be_visible()

    IMAGES.mkdir(parents=True, exist_ok=True)
    picture = IMAGES / f"{file}.png"
    owner.page.screenshot(path=picture)

    assert picture.stat().st_size > 10_000
