"""What a friend would see now: the form and the owner's overview report the same state."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from helpr_core.services.plex import account
from helpr_core.texts import say
from helpr_core.texts.message import Message
from tests.web.conftest import MakeSite
from tests.web.site_under_test import SiteUnderTest


def friends(site: SiteUnderTest) -> dict[str, Any]:
    body: dict[str, Any] = site.owner("GET", "overview").get_json()["friends"]
    return body


def full(site: SiteUnderTest) -> None:
    for number in range(100 - len(site.plex.shares)):
        site.plex.share(f"friend{number}")


def silent(site: SiteUnderTest) -> None:
    site.get("/api/site")  # the server is known from before
    site.plex.fail("status", status=503, times=0)
    for number in range(4):
        site.invite(f"friend{number}")


STATES: dict[str, tuple[Callable[[SiteUnderTest], object], str]] = {
    "open": (lambda _site: None, "good"),
    "approval": (lambda site: site.save(approval_required=True), "good"),
    "paused": (lambda site: site.save(paused=True), "wait"),
    "full": (full, "bad"),
    "plex_silent": (silent, "wait"),
}


@pytest.mark.parametrize("state", STATES)
def test_form_api_and_overview_report_the_same_state(site: SiteUnderTest, state: str) -> None:
    prepare, tone = STATES[state]
    prepare(site)

    told = friends(site)
    page = site.page("/")

    assert told == {"state": state, "line": say(Message(f"standing.{state}")), "tone": tone}
    assert site.get("/api/site").get_json()["standing"] == state
    assert page.status_code == 200
    takes_requests = state not in ("paused", "full")
    assert ('id="email_or_username"' in page.text) == takes_requests
    if state not in ("open", "approval"):
        assert say(Message(f"form.{state}")) in page.text


def test_a_site_without_libraries_is_not_set_up(make_site: MakeSite) -> None:
    site = make_site(PLEX_LIBRARIES=None)

    assert friends(site)["state"] == "not_set_up"
    assert site.page("/").status_code == 503


def test_a_closed_page_names_whom_to_ask(site: SiteUnderTest) -> None:
    site.save(paused=True, owner_name="Robin", contact="robin@films.example")

    page = site.page("/").text

    assert "<strong>Ask Robin:</strong> robin@films.example" in page


def test_a_server_that_filled_up_between_readings_closes_at_the_first_refusal(
    site: SiteUnderTest,
) -> None:
    site.invite("anna")
    friends(site)
    full(site)
    assert site.get("/api/site").get_json()["standing"] == "open"

    assert site.invite("one-too-many").status_code == 409

    assert site.get("/api/site").get_json()["standing"] == "full"


WRONG: dict[str, tuple[dict[str, str], str]] = {
    "server": ({"PLEX_SERVER_NAME": "Atic Films"}, "server"),
    "token": ({"PLEX_TOKEN": "not-a-token"}, "token"),
}


@pytest.mark.parametrize("wrong", WRONG)
def test_an_error_is_red_on_the_first_load_and_in_the_same_words_everywhere(
    make_site: MakeSite, wrong: str
) -> None:
    settings, layer = WRONG[wrong]
    site = make_site(**settings)

    body = site.owner("GET", "overview").get_json()
    overview = {one["name"]: one for one in body["checks"]}
    check = {one["name"]: one for one in site.owner("GET", "connection").get_json()["checks"]}
    libraries = site.manage().get_json()

    assert body["status"] == "error"
    assert body["friends"]["tone"] == "bad"
    assert overview[layer]["severity"] == check[layer]["severity"] == "error"
    assert libraries["detail"] == overview[layer]["fix"] == check[layer]["fix"]
    if layer == "token":
        assert libraries["title"] == overview[layer]["detail"] == check[layer]["detail"]


def test_a_dead_token_is_red_on_the_first_load_a_minute_later(
    site: SiteUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert friends(site)["state"] == "open"
    site.plex.fail("invalid_token", times=0)
    monkeypatch.setattr(account, "_FRESH", timedelta())
    site.container.plex.owner()._looks.expire()

    body = site.owner("GET", "overview").get_json()

    assert (body["status"], body["friends"]["state"]) == ("error", "token_refused")
    assert say(Message("form.token_refused")) in site.page("/").text


def test_a_token_that_works_again_is_green_at_once(make_site: MakeSite) -> None:
    assert friends(make_site(PLEX_TOKEN="not-a-token"))["tone"] == "bad"

    assert friends(make_site())["state"] == "open"
