"""The list of signed-in browsers, through both doors."""

from __future__ import annotations

from datetime import datetime

import pytest

from tests.web.dashboard import LIBRARIES, SESSION, USERNAME, Dashboard
from tests.web.site_under_test import problem

BROWSERS = "/dashboard/api/browsers"
SETTINGS = "/dashboard/api/settings"
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) Version/17.5 Safari/604.1"


@pytest.fixture
def phone(owner: Dashboard) -> Dashboard:
    """The same owner's other browser."""
    browser = Dashboard(owner.site)
    browser.sign_in(headers={"User-Agent": IPHONE})
    return browser


def test_each_browser_is_listed_with_its_name_and_way_in(
    owner: Dashboard, phone: Dashboard
) -> None:
    listed = {one["current"]: one for one in phone.get(BROWSERS).get_json()["browsers"]}
    here, there = listed[True], listed[False]
    assert (here["browser"], here["system"]) == ("Safari", "iPhone")
    assert {here["way"], there["way"]} == {"password"}
    assert {here["username"], there["username"]} == {USERNAME}
    seen, signed_in = (datetime.fromisoformat(here[name]) for name in ("seen_at", "signed_in_at"))
    assert seen >= signed_in


def test_the_list_holds_nothing_that_could_sign_in(owner: Dashboard, phone: Dashboard) -> None:
    text = owner.get(BROWSERS).text
    for browser in (owner, phone):
        for part in browser.cookie.split("."):
            assert part not in text
        assert browser.csrf_token not in text


def test_another_browser_is_signed_out(owner: Dashboard, phone: Dashboard) -> None:
    (other,) = [one for one in owner.get(BROWSERS).get_json()["browsers"] if not one["current"]]
    path = f"{BROWSERS}/{other['browser_id']}"
    assert owner.ask("DELETE", path).status_code == 204
    problem(phone.get(), 401, "sign_in_required")
    problem(phone.get(LIBRARIES), 401, "sign_in_required")
    assert owner.get().status_code == 200
    problem(owner.ask("DELETE", path), 404, "not_found")
    (event, *_) = owner.get("/dashboard/api/audit").get_json()["events"]
    assert (event["action"], event["actor"]) == ("sign_out_browser", USERNAME)
    assert event["before"] == {"browser": "Safari", "system": "iPhone"}


def test_all_are_signed_out_and_the_password_works_again(
    owner: Dashboard, phone: Dashboard
) -> None:
    assert owner.ask("DELETE", BROWSERS).get_json() == {"signed_out": 2}
    for browser in (owner, phone):
        problem(browser.get(), 401, "sign_in_required")
    phone.sign_in()
    assert phone.get(BROWSERS).status_code == 200


def test_the_function_key_signs_out_everywhere_too(owner: Dashboard) -> None:
    listed = owner.site.owner("GET", "browsers").get_json()["browsers"]
    assert [one["current"] for one in listed] == [False]
    assert owner.site.owner("DELETE", "browsers").get_json() == {"signed_out": 1}
    problem(owner.get(), 401, "sign_in_required")


@pytest.mark.parametrize("path", [BROWSERS, f"{BROWSERS}/0123"])
def test_signing_others_out_requires_the_token(owner: Dashboard, path: str) -> None:
    problem(owner.ask("DELETE", path, headers={"X-CSRF-Token": "no"}), 403, "csrf_failed")
    assert owner.get().status_code == 200


def test_the_idle_limit_is_a_setting(owner: Dashboard) -> None:
    etag = owner.get(SETTINGS).headers["ETag"]
    saved = owner.ask("PATCH", SETTINGS, json={"idle_minutes": 30}, headers={"If-Match": etag})
    assert saved.get_json()["idle_minutes"] == 30
    settings = owner.site.container.site.settings().current()
    assert settings.idle is not None
    assert settings.idle.total_seconds() == 1800
    assert owner.get(SESSION).status_code == 200
