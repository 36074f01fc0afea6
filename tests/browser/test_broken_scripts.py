"""Pages work without their scripts: scripts that fail, and browsers that lack features."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.browser.conftest import DESKTOP, PHONE, new_context, stop_clock
from tests.browser.live import LiveSite
from tests.browser.owner import Door
from tests.browser.test_invite import RESULT, ask, heading

LACKING = {
    "AbortSignal.timeout": "delete AbortSignal.timeout",
    "AbortController": "delete window.AbortController",
    "fetch": "delete window.fetch",
    "Promise.prototype.finally": "delete Promise.prototype.finally",
    "Object.fromEntries": "delete Object.fromEntries",
    "JSON.stringify": "delete JSON.stringify",
    "Intl.ListFormat": "delete Intl.ListFormat",
    "all of Intl": "delete window.Intl",
    "storage": """for (const name of ["localStorage", "sessionStorage", "indexedDB"])
        Object.defineProperty(window, name, { get() { throw new Error("no storage") } })""",
    "Image, and a fetch that works": "delete window.Image",
}
ODD = {
    "throws": "window.fetch = () => { throw new Error('odd') }",
    "is refused": "window.fetch = () => Promise.reject(new Error('odd'))",
    "is lost while the server is there": "window.fetch = () => Promise.reject(new TypeError())",
    "answers nothing": "window.fetch = () => undefined",
    "answers with nothing": "window.fetch = () => Promise.resolve(null)",
    "answers with something else": "window.fetch = async () => ({ ok: true })",
    "lacks Image, too": "window.fetch = () => Promise.reject(1); delete window.Image",
}
BROKEN_FORM = LACKING | {f"a fetch that {how}": script for how, script in ODD.items()}
SCRIPT = {
    "does not load": lambda route: route.abort(),
    "is not there": lambda route: route.fulfill(status=404, body=""),
    "is something else": lambda route: route.fulfill(body="<p>Sign in to this network</p>"),
    "throws": lambda route: route.fulfill(
        body="throw new Error('broken')", content_type="text/javascript"
    ),
    "is not understood": lambda route: route.fulfill(
        body="const a = #;", content_type="text/javascript"
    ),
}
OpenDegraded = Callable[..., Page]
NOT_STARTED = "The dashboard has not started"


@pytest.fixture
def degraded(browser: Browser) -> Iterator[OpenDegraded]:
    """Opens a page that runs a script before its own ones. Console errors are allowed."""
    contexts = []

    def open_page(script: str = "", **options: object) -> Page:
        context = new_context(browser, **{"viewport": PHONE, **options})
        contexts.append(context)
        context.add_init_script(script)
        return context.new_page()

    yield open_page
    for context in contexts:
        context.close()


@pytest.mark.parametrize("name", BROKEN_FORM)
def test_a_friend_is_invited_in_a_browser_that_lacks(
    site: LiveSite, degraded: OpenDegraded, name: str
) -> None:
    page = degraded(BROKEN_FORM[name])
    friend = f"degraded{list(BROKEN_FORM).index(name)}@example.com"

    ask(page, site, friend)

    page.wait_for_url(RESULT)
    assert heading(page) == "Open the e-mail from Plex and tap Accept"
    assert site.invites_sent == 1


@pytest.mark.parametrize("how", SCRIPT)
def test_a_friend_is_invited_if_the_script(
    site: LiveSite, degraded: OpenDegraded, how: str
) -> None:
    page = degraded()
    page.route(re.compile("/static/form.js"), SCRIPT[how])
    friend = f"script{list(SCRIPT).index(how)}@example.com"

    ask(page, site, friend)

    page.wait_for_url(RESULT)
    assert heading(page) == "Open the e-mail from Plex and tap Accept"
    assert site.invites_sent == 1


def test_the_server_reports_a_mistake_if_the_script_cannot(
    site: LiveSite, degraded: OpenDegraded
) -> None:
    page = degraded("delete Element.prototype.replaceChildren")

    ask(page, site, "sam@@example.com")

    expect(page.locator("#email_or_username-error")).to_contain_text(
        "isn’t a complete e-mail address"
    )
    expect(page.locator("#email_or_username")).to_have_value("sam@@example.com")


def test_a_button_never_stays_disabled(site: LiveSite, degraded: OpenDegraded) -> None:
    """A plain submission may be stopped by hand: the next press works."""
    page = degraded("window.fetch = () => Promise.reject(new Error('odd'))")
    page.goto(site.url)
    page.locator("#email_or_username").fill("dead@example.com")
    page.route(re.compile("/api/invites$"), lambda route: route.abort("aborted"), times=1)

    with page.expect_event("requestfailed"):
        page.locator("#send").click()
    page.locator("#send").click()

    page.wait_for_url(RESULT)


@pytest.mark.parametrize("lack", ["delete window.DOMParser", "delete window.fetch"])
def test_a_result_page_is_reloaded_if_the_script_cannot_follow(
    site: LiveSite, degraded: OpenDegraded, lack: str
) -> None:
    page = degraded(lack)
    stop_clock(page)
    friend = f"follow{len(lack)}@example.com"
    site.plex.fail("invalid_token", method="POST")
    ask(page, site, friend)
    page.wait_for_url(RESULT)
    site.postpone(friend)
    expect(page.get_by_role("link", name="Check again")).to_be_visible()
    page.evaluate("window.sameDocument = true")
    site.settle(friend)

    sent = page.get_by_role("heading", name="Open the e-mail from Plex and tap Accept")
    while not sent.is_visible():  # on the page's clock; the server answers on its own
        page.clock.run_for(2_000)
        page.wait_for_timeout(50)

    assert page.evaluate("window.sameDocument") is None


PARTS = re.compile(r"/static/rest-\w+\.js")


def test_a_script_that_fails_to_load_once_is_loaded_with_an_automatic_reload(
    owned: LiveSite, degraded: OpenDegraded
) -> None:
    """As during a roll-out of a new version: the owner notices nothing."""
    page = degraded(viewport=DESKTOP)
    Door(owned, page.context.request).sign_in()
    page.goto(f"{owned.url}/dashboard")
    page.route(PARTS, lambda route: route.fulfill(status=404, body=""), times=1)
    page.get_by_role("link", name="Links").click()
    expect(page.get_by_role("button", name="Open house")).to_be_visible()
    expect(page.get_by_role("alert")).to_have_count(0)


def test_a_script_that_cannot_be_loaded_is_reported_after_one_reload(
    owned: LiveSite, degraded: OpenDegraded
) -> None:
    page = degraded(viewport=DESKTOP)
    Door(owned, page.context.request).sign_in()
    page.goto(f"{owned.url}/dashboard")
    asked = []

    def refuse(route: Route) -> None:
        asked.append(route.request.url)
        route.fulfill(status=404, body="")

    page.route(PARTS, refuse)
    page.get_by_role("link", name="Links").click()
    expect(page.locator("main").get_by_role("alert")).to_be_visible()
    assert len(asked) == 2
    page.unroute(PARTS)
    page.get_by_role("button", name="Try again").click()
    expect(page.get_by_role("button", name="Open house")).to_be_visible()


@pytest.mark.parametrize("how", SCRIPT)
@pytest.mark.parametrize("motion", ["reduce", "no-preference"])
def test_a_dashboard_whose_script_fails_says_so_and_what_to_do(
    owned: LiveSite, degraded: OpenDegraded, how: str, motion: str
) -> None:
    page = degraded(viewport=DESKTOP, reduced_motion=motion)
    page.route(re.compile("/static/dashboard.js"), SCRIPT[how])

    page.goto(f"{owned.url}/dashboard")

    expect(page.get_by_text(NOT_STARTED)).to_be_visible()
    expect(page.get_by_role("link", name="Reload the dashboard")).to_be_visible()
    expect(page.locator(".skeleton .bone").first).to_be_hidden()


@pytest.mark.parametrize(
    "lack",
    [
        "delete window.AbortController",
        "delete window.fetch",
        "delete window.Headers",
        "window.fetch = () => { throw new Error('odd') }",
        "window.fetch = async () => undefined",
        "delete Element.prototype.replaceChildren",
        "delete Array.prototype.flat",
        "delete Promise.prototype.finally; delete Object.entries",
    ],
)
def test_a_dashboard_in_a_browser_that_lacks_features_does_not_load_for_ever(
    owned: LiveSite, degraded: OpenDegraded, lack: str
) -> None:
    page = degraded(lack, viewport=DESKTOP)

    page.goto(f"{owned.url}/dashboard")

    told = page.get_by_text(NOT_STARTED).or_(page.get_by_role("alert"))
    expect(told.first).to_be_visible()
    expect(page.locator("main")).not_to_contain_text("Something went wrong")
    expect(page.locator(".skeleton .bone:visible")).to_have_count(0)


@pytest.mark.parametrize(
    "lack",
    [
        "delete AbortSignal.timeout; delete AbortSignal.any",
        "delete window.reportError; delete window.structuredClone",
        "delete window.ResizeObserver",
        "delete window.HTMLDialogElement.prototype.showModal",
        "delete AbortSignal.prototype.throwIfAborted",
        "delete Array.prototype.toSorted; delete Array.prototype.findLast",
        "delete Intl.ListFormat",
        """for (const name of ["localStorage", "sessionStorage", "indexedDB"])
            Object.defineProperty(window, name, { get() { throw new Error("no storage") } })""",
    ],
)
def test_a_dashboard_works_in_a_browser_that_lacks(
    owned: LiveSite, degraded: OpenDegraded, lack: str
) -> None:
    page = degraded(lack, viewport=DESKTOP)
    door = Door(owned, page.context.request)
    door.sign_in()
    door.friend_asks("first-friend")

    page.goto(f"{owned.url}/dashboard")

    expect(page.get_by_role("heading", level=1)).to_have_text("Overview")
    expect(page.get_by_role("heading", name="Requests per day")).to_be_visible()
    expect(page.locator(".bone")).to_have_count(0)
    expect(page.get_by_role("alert")).to_have_count(0)


def test_a_dialog_works_in_a_browser_without_modal_dialogs(
    owned: LiveSite, degraded: OpenDegraded
) -> None:
    page = degraded("delete HTMLDialogElement.prototype.showModal", viewport=DESKTOP)
    door = Door(owned, page.context.request)
    door.sign_in()
    door.set(approval_required=True)
    request_id = door.friend_asks("degraded-deny@example.com")
    page.goto(f"{owned.url}/dashboard#/requests/{request_id}")

    page.get_by_role("button", name="Deny: degraded-deny@example.com").click()
    page.get_by_role("button", name="Deny", exact=True).click()

    expect(page.get_by_text("degraded-deny@example.com: Denied")).to_be_visible()


def test_a_dashboard_that_is_starting_never_shows_the_error(
    owned: LiveSite, degraded: OpenDegraded
) -> None:
    page = degraded(viewport=DESKTOP)

    page.goto(f"{owned.url}/dashboard")

    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")
    expect(page.get_by_text(NOT_STARTED)).to_have_count(0)
