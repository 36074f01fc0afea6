"""A friend on a phone signs in with Plex, whose page is on another origin."""

from __future__ import annotations

import re
from collections.abc import Callable
from uuid import uuid4

from playwright.sync_api import Page, expect

from helpr_core.texts import text
from tests.browser.conftest import PHONE, NewPage
from tests.browser.live import LiveSite
from tests.browser.owner import Owner

IN = text("friend.accepted.heading")


def to_plex(page: Page, site: LiveSite) -> None:
    """The first tap: Plex's page, in the same tab, without errors."""
    page.goto(site.url)
    page.click("#sign-in-button")
    at_plex_without_a_warning(page, site)


def at_plex_without_a_warning(page: Page, site: LiveSite) -> None:
    """Wait for Plex's page: it says where its visitor comes from, and no more."""
    page.wait_for_url(re.compile(rf"{site.plex.url}/auth"))
    expect(page.locator("#notice")).to_be_visible()
    assert not page.locator("#alert").is_visible()


def choose(page: Page, name: str) -> None:
    """Sign in on Plex's page."""
    page.fill("input[name=other]", name)
    page.get_by_role("button", name="Sign in", exact=True).click()


def test_one_tap_before_plex_and_none_after_and_the_token_is_revoked(
    page: Page, site: LiveSite
) -> None:
    page.goto(site.url)  # the first visitor has already looked up the server
    site.plex.clear_calls()
    to_plex(page, site)
    choose(page, "phone-friend")
    page.wait_for_url(re.compile("/invited/"))
    expect(page.locator("h1")).to_have_text(IN)
    share = site.plex.share_of("phone-friend")
    assert share is not None
    assert share.accepted
    ours = [call for call in site.plex.servers_calls if call.path != "/api/v2/resources"]
    asked = [call.path.removeprefix("/api/v2") for call in ours]
    assert [path for path in asked if "signout" in path] == ["/users/signout"]
    assert site.plex.tokens == ()
    assert len(page.context.pages) == 1


def test_if_the_browsers_call_is_refused_a_sentence_explains_the_alert(
    new_page: NewPage, site: LiveSite
) -> None:
    page = new_page()
    page.route(re.compile(r"/api/v2/pins\?strong"), lambda route: route.abort())
    page.goto(site.url)
    page.click("#sign-in-button")
    expect(page.locator("#sign-in")).to_contain_text(text("form_script.alert"))
    page.click("#to-plex")
    expect(page.locator("#alert")).to_be_visible()
    choose(page, "prepared-friend")
    page.wait_for_url(re.compile("/invited/"))
    expect(page.locator("h1")).to_have_text(IN)


def test_a_link_that_requires_a_sign_in_has_only_that_button(
    owner: Owner, owned: LiveSite, new_page: NewPage
) -> None:
    link = owner.door.ask("POST", "links", {"require_sign_in": True, "approval": "no"})
    page = new_page(viewport=PHONE)
    failures: list[str] = []
    page.on("pageerror", lambda error: failures.append(error.message))
    page.goto(f"{owned.url}{link['url']}")
    assert page.locator("main input:visible").count() == 0
    page.click("#sign-in-button")
    page.wait_for_url(re.compile(rf"{owned.plex.url}/auth"))
    choose(page, "link-signer")
    page.wait_for_url(re.compile("/invited/"))
    expect(page.locator("h1")).to_have_text(IN)
    assert failures == []


def test_a_missing_code_is_told_at_its_field_alone(
    serve: Callable[..., LiveSite], new_page: NewPage
) -> None:
    site = serve(INVITE_CODE="not-a-real-code")
    page = new_page()
    page.goto(site.url)
    page.fill("#email_or_username", "kept@example.com")
    page.click("#sign-in-button")
    expect(page.locator("#invite_code")).to_be_focused()
    expect(page.locator("#invite_code-error")).to_contain_text(
        text("problem.invite_code_invalid.detail")
    )
    assert page.locator(".summary").count() == 0
    assert page.input_value("#email_or_username") == "kept@example.com"


def test_without_an_answer_the_form_stays_with_what_was_typed(
    new_page: NewPage, site: LiveSite
) -> None:
    page = new_page()
    page.goto(site.url)
    page.fill("#email_or_username", "kept@example.com")
    proxys = {"status": 503, "content_type": "text/html", "body": "<h1>Bad gateway</h1>"}
    page.route(re.compile("/api/sign-ins$"), lambda route: route.fulfill(**proxys), times=1)
    page.click("#sign-in-button")
    expect(page.locator(".summary")).to_contain_text(text("form_script.broken"))
    expect(page.locator("#sign-in-button")).to_have_text(text("sign_in.button"))
    page.context.set_offline(True)
    page.click("#sign-in-button")
    expect(page.locator(".summary")).to_contain_text(text("form_script.offline"))
    assert page.input_value("#email_or_username") == "kept@example.com"
    page.context.set_offline(False)
    page.click("#sign-in-button")
    at_plex_without_a_warning(page, site)


def test_signing_in_works_without_javascript(new_page: NewPage, site: LiveSite) -> None:
    page = new_page(java_script_enabled=False)
    page.goto(site.url)
    page.click("#sign-in-button")
    expect(page.locator("main")).to_contain_text(text("sign_in.alert.sentence"))
    address = page.locator("#to-plex").get_attribute("href") or ""
    code = re.search(r"code=(\w+)", address)
    back = re.search(r"signed-in%2F([\w-]+)", address)
    assert code is not None
    assert back is not None
    assert site.plex.sign_in(code[1], "scriptless-friend")  # Plex's own page needs scripts
    page.goto(f"{site.url}/signed-in/{back[1]}")
    expect(page.locator("h1")).to_have_text(IN)


def test_after_cancelling_at_plex_there_is_a_way_on(page: Page, site: LiveSite) -> None:
    to_plex(page, site)
    page.click("#cancel")
    page.wait_for_url(re.compile("/signed-in/"))
    expect(page.locator("h1")).to_have_text(text("sign_in.sign_in_waiting.heading"))
    page.click("#to-plex")
    choose(page, "second-thoughts")
    page.wait_for_url(re.compile("/invited/"))
    expect(page.locator("h1")).to_have_text(IN)


def test_the_back_button_leads_to_a_form_that_works(page: Page, site: LiveSite) -> None:
    to_plex(page, site)
    page.go_back()
    button = page.locator("#sign-in-button")
    expect(button).to_have_text(text("sign_in.button"))
    button.click()
    page.wait_for_url(re.compile(rf"{site.plex.url}/auth"))
    choose(page, "back-and-forth")
    page.wait_for_url(re.compile("/invited/"))
    expect(page.locator("h1")).to_have_text(IN)


def test_somebody_who_returns_in_another_browser_continues_in_the_first(
    new_page: NewPage, site: LiveSite
) -> None:
    first, second = new_page(), new_page()
    to_plex(first, site)
    address = first.url
    code = re.search(r"code=(\w+)", address)
    back = re.search(r"signed-in%2F([\w-]+)", address)
    assert code is not None
    assert back is not None
    site.plex.sign_in(code[1], "in-app-friend")
    second.goto(f"{site.url}/signed-in/{back[1]}")
    expect(second.locator("h1")).to_have_text(text("sign_in.sign_in_elsewhere.heading"))
    first.go_back()
    first.wait_for_url(re.compile("/invited/"))
    expect(first.locator("h1")).to_have_text(IN)


def test_two_tabs_end_in_one_request(new_page: NewPage, site: LiveSite) -> None:
    page = new_page()
    to_plex(page, site)
    back = re.search(r"signed-in%2F([\w-]+)", page.url)
    assert back is not None
    choose(page, "two-tabs")
    page.wait_for_url(re.compile("/invited/"))
    other = page.context.new_page()
    other.goto(f"{site.url}/signed-in/{back[1]}")
    assert other.url == page.url
    assert sum(call.invited is not None for call in site.plex.calls) == 1


def test_starting_again_in_the_other_browser_works_there(new_page: NewPage, site: LiveSite) -> None:
    first, second = new_page(), new_page()
    to_plex(first, site)
    back = re.search(r"signed-in%2F([\w-]+)", first.url)
    assert back is not None
    second.goto(f"{site.url}/signed-in/{back[1]}")
    second.get_by_role("button", name=text("sign_in.again")).click()
    at_plex_without_a_warning(second, site)
    choose(second, "anew-friend")
    second.wait_for_url(re.compile("/invited/"))
    expect(second.locator("h1")).to_have_text(IN)


def test_signing_in_again_after_an_end_leads_to_no_warning_and_back(
    page: Page, site: LiveSite
) -> None:
    to_plex(page, site)
    page.get_by_role("button", name=re.compile("unconfirmed-uma")).click()
    expect(page.locator("h1")).to_have_text(text("sign_in.email_not_confirmed.heading"))
    page.get_by_role("button", name=text("sign_in.again")).click()
    at_plex_without_a_warning(page, site)
    page.go_back()
    again = page.get_by_role("button", name=text("sign_in.again"))
    expect(again).to_have_attribute("aria-disabled", "false")
    again.click()
    at_plex_without_a_warning(page, site)
    choose(page, "confirmed-by-now")
    page.wait_for_url(re.compile("/invited/"))
    expect(page.locator("h1")).to_have_text(IN)


def test_if_the_browser_cannot_begin_again_a_page_explains_the_alert(
    new_page: NewPage, site: LiveSite
) -> None:
    page = new_page()
    page.goto(f"{site.url}/signed-in/{uuid4()}")
    page.route(re.compile(r"/api/v2/pins\?strong"), lambda route: route.abort())
    page.get_by_role("button", name=text("sign_in.again")).click()
    expect(page.locator("h1")).to_have_text(text("sign_in.alert.heading"))
    page.click("#to-plex")
    choose(page, "warned-friend")
    page.wait_for_url(re.compile("/invited/"))
