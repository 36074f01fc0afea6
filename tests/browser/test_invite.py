"""A friend asks for an invite in a real browser, with and without JavaScript."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Request, expect

from tests.browser.conftest import NewPage
from tests.browser.live import Held, LiveSite

RESULT = re.compile(r"/invited/[0-9a-f-]{36}$")
NAME = "Plex username or e-mail"
SEND = "Send me an invitation"
INCOMPLETE = "That isn’t a complete e-mail address. It should look like name@example.com."

with_and_without_javascript = pytest.mark.parametrize(
    "javascript", [True, False], ids=["with JavaScript", "without JavaScript"]
)


def ask(page: Page, site: LiveSite, name: str) -> None:
    """Open the form and send that name."""
    page.goto(site.url)
    page.get_by_label(NAME).fill(name)
    page.get_by_role("button", name=SEND).click()


def heading(page: Page) -> str:
    """The page's one heading."""
    return page.get_by_role("heading", level=1).inner_text()


@with_and_without_javascript
def test_a_friend_asks_and_is_invited(site: LiveSite, new_page: NewPage, javascript: bool) -> None:
    page = new_page(java_script_enabled=javascript)
    name = f"friend{javascript}@example.com".lower()

    ask(page, site, name)

    page.wait_for_url(RESULT)
    expect(page.get_by_role("heading", level=1)).to_have_text(
        "Open the e-mail from Plex and tap Accept"
    )
    assert site.invites_sent == 1
    assert site.plex.share_of(name) is not None


@with_and_without_javascript
def test_a_mistake_is_reported_where_the_focus_is_and_the_input_stays(
    site: LiveSite, new_page: NewPage, javascript: bool
) -> None:
    page = new_page(java_script_enabled=javascript)

    ask(page, site, "sam@@example.com")

    expect(page).to_have_title(re.compile("^Error: demo-owner invites you "))
    expect(page.locator(".summary")).to_have_count(0)
    field = page.get_by_label(NAME)
    expect(field).to_be_focused()
    expect(field).to_have_value("sam@@example.com")
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(field).to_have_accessible_description(re.compile(re.escape(INCOMPLETE)))
    assert site.invites_sent == 0


def test_a_mistake_can_be_corrected_without_a_reload(site: LiveSite, page: Page) -> None:
    ask(page, site, "sam@@example.com")
    expect(page.get_by_label(NAME)).to_be_focused()

    page.get_by_label(NAME).fill("corrected@example.com")
    page.get_by_role("button", name=SEND).click()

    page.wait_for_url(RESULT)
    assert site.invites_sent == 1


def test_clicking_twice_sends_once_and_shows_progress(site: LiveSite, page: Page) -> None:
    posts: list[Request] = []
    page.on("request", lambda r: posts.append(r) if r.method == "POST" else None)
    page.goto(site.url)
    page.get_by_label(NAME).fill("twice@example.com")
    held = Held(page, re.compile(r"/api/invites$"))

    page.get_by_role("button", name=SEND).dblclick()

    button = page.locator("#send")
    expect(button).to_have_text("Asking Plex…")
    expect(button).to_be_focused()
    expect(page.get_by_role("status")).to_have_text("Asking Plex…")
    held.let_go()
    page.wait_for_url(RESULT)
    assert len(posts) == 1
    assert site.invites_sent == 1


def test_a_friend_who_has_access_is_led_to_the_page_that_says_so(
    site: LiveSite, page: Page
) -> None:
    site.plex.share("listed@example.com")

    ask(page, site, "listed@example.com")

    page.wait_for_url(RESULT)
    assert heading(page) == "You’re already on the list"


def test_a_name_that_plex_refuses_is_reported_at_the_field(site: LiveSite, page: Page) -> None:
    ask(page, site, "nobody-knows-me")

    expect(page.locator("#email_or_username-error")).to_contain_text("Check the spelling")
    expect(page.get_by_label(NAME)).to_have_value("nobody-knows-me")


def test_a_lost_connection_loses_nothing_that_was_typed(site: LiveSite, page: Page) -> None:
    page.goto(site.url)
    page.get_by_label(NAME).fill("offline@example.com")
    page.context.set_offline(True)

    page.get_by_role("button", name=SEND).click()

    expect(page.locator(".summary")).to_contain_text("Are you online?")
    expect(page.get_by_label(NAME)).to_have_value("offline@example.com")
    page.context.set_offline(False)
    page.get_by_role("button", name=SEND).click()
    page.wait_for_url(RESULT)


def test_going_back_shows_a_form_that_works(site: LiveSite, page: Page) -> None:
    ask(page, site, "first@example.com")
    page.wait_for_url(RESULT)

    page.go_back()
    page.get_by_label(NAME).fill("second@example.com")
    page.get_by_role("button", name=SEND).click()

    expect(page.locator(".lead")).to_contain_text("second@example.com has been sent")


def test_the_keyboard_alone_is_enough(site: LiveSite, page: Page) -> None:
    page.goto(site.url)

    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Demo Plex")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Deutsch")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.type("keys@example.com")
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name=SEND)).to_be_focused()
    outline = page.locator("#send").evaluate("it => getComputedStyle(it).outlineStyle")
    page.keyboard.press("Enter")

    page.wait_for_url(RESULT)
    assert outline == "solid"


def test_a_join_link_passes_the_code_on(serve: Callable[..., LiveSite], page: Page) -> None:
    site = serve(INVITE_CODE="popcorn")

    page.goto(f"{site.url}/join/popcorn")
    expect(page.get_by_text("Invitation accepted")).to_be_visible()
    expect(page.get_by_label("Invite code")).to_have_count(0)
    page.get_by_label(NAME).fill("code@example.com")
    page.get_by_role("button", name=SEND).click()
    page.wait_for_url(RESULT)
