"""Signing in over HTTP: what works, what the answers say, and what guessing costs."""

from __future__ import annotations

import re
from typing import Any

import pytest
from werkzeug.security import generate_password_hash

from helpr_core.web.endpoints import ENDPOINTS
from tests.web.conftest import MakeDashboard, MakeSite
from tests.web.dashboard import (
    LIBRARIES,
    PASSWORD,
    SESSION,
    SHARED,
    TOKEN,
    USERNAME,
    Dashboard,
    header_of,
)
from tests.web.site_under_test import fields_of, problem


def test_signing_in_gives_a_session_and_a_token(dashboard: Dashboard) -> None:
    answer = dashboard.sign_in()
    assert answer.get_json() == {"username": USERNAME, "csrf_token": dashboard.csrf_token}
    assert answer.headers["Cache-Control"] == "no-store"
    assert TOKEN.fullmatch(dashboard.cookie)
    assert dashboard.get().get_json() == answer.get_json()


@pytest.mark.parametrize(
    ("name", "seconds"), [("helpr_session", 12 * 3600), ("helpr_device", 400 * 86_400)]
)
def test_each_cookie_is_exactly_as_specified(dashboard: Dashboard, name: str, seconds: int) -> None:
    plain = header_of(dashboard.sign_in(), name)
    secure = header_of(dashboard.sign_in(base_url="https://helpr.example"), name)
    name_and_value, *attributes = plain.split("; ")
    assert re.fullmatch(rf"{name}=[A-Za-z0-9_.~-]+", name_and_value)
    promised = {f"Max-Age={seconds}", "Path=/dashboard", "SameSite=Strict", "HttpOnly"}
    assert set(attributes) == promised
    assert set(secure.split("; ")[1:]) == {*promised, "Secure"}


def _told(answer: Any) -> dict[str, Any]:
    document = problem(answer, 401, "sign_in_failed")
    del document["reference"]
    return document


def test_a_wrong_name_and_a_wrong_password_get_the_same_answer(
    dashboard: Dashboard,
) -> None:
    wrong_password = dashboard.try_to_sign_in(password="wrong")
    wrong_name = dashboard.try_to_sign_in(username="somebody")
    both_wrong = dashboard.try_to_sign_in("somebody", "wrong")
    assert _told(wrong_password) == _told(wrong_name) == _told(both_wrong)
    for answer in (wrong_password, wrong_name, both_wrong):
        assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize("method", ["scrypt:32768:8:1", "pbkdf2:sha256:2000", "pbkdf2:sha512:2000"])
def test_werkzeugs_hashes_are_accepted(make_dashboard: MakeDashboard, method: str) -> None:
    dashboard = make_dashboard(ADMIN_PASSWORD_HASH=generate_password_hash(PASSWORD, method))
    dashboard.sign_in()
    problem(dashboard.try_to_sign_in(password="wrong"), 401, "sign_in_failed")


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({}, ["username", "password"]),
        ({"username": USERNAME}, ["password"]),
        ({"username": USERNAME, "password": ""}, ["password"]),
        ({"username": "", "password": PASSWORD}, ["username"]),
        ({"username": USERNAME, "password": "x" * 1025}, ["password"]),
        ({"username": "x" * 256, "password": PASSWORD}, ["username"]),
        ({"username": USERNAME, "password": 7}, ["password"]),
        ({"username": None, "password": ["x"]}, ["username", "password"]),
        ({"username": "\ud800", "password": "\ud800"}, ["username", "password"]),
    ],
)
def test_an_impossible_name_or_password_is_named(
    dashboard: Dashboard, fields: dict[str, object], named: list[str]
) -> None:
    answer = dashboard.site.ask("POST", SESSION, json=fields)
    assert fields_of(problem(answer, 400, "invalid_input")) == named


def test_a_password_of_1024_characters_is_accepted(make_dashboard: MakeDashboard) -> None:
    longest = "✓" * 1024
    hashed = generate_password_hash(longest, "scrypt:1024:8:1")
    dashboard = make_dashboard(ADMIN_PASSWORD_HASH=hashed)
    assert dashboard.try_to_sign_in(password=longest).status_code == 200


def test_a_form_cannot_sign_in(dashboard: Dashboard) -> None:
    fields = {"username": USERNAME, "password": PASSWORD}
    answer = dashboard.site.ask("POST", SESSION, data=fields)
    problem(answer, 415, "unsupported_media_type")
    as_text = dashboard.site.ask("POST", SESSION, data="{}", headers={"Content-Type": "text/plain"})
    problem(as_text, 415, "unsupported_media_type")


@pytest.mark.parametrize("other", ["cross-site", "same-site", "nonsense"])
def test_a_page_of_another_site_can_neither_sign_in_nor_act(owner: Dashboard, other: str) -> None:
    headers = {"Sec-Fetch-Site": other}
    problem(owner.try_to_sign_in(headers=headers), 403, "cross_site")
    problem(owner.sign_out(headers=headers), 403, "cross_site")
    problem(owner.ask("PUT", LIBRARIES, json=SHARED, headers=headers), 403, "cross_site")
    assert owner.sign_out(headers={"Sec-Fetch-Site": "same-origin"}).status_code == 204


@pytest.mark.usefixtures("no_waits")
def test_a_client_gets_five_attempts_a_minute(make_dashboard: MakeDashboard) -> None:
    dashboard = make_dashboard(HELPR_RATE_SIGN_IN=None)
    statuses = [dashboard.try_to_sign_in(f"n-{n}", "wrong").status_code for n in range(6)]
    assert statuses == [401] * 5 + [429]
    refused = dashboard.try_to_sign_in()
    problem(refused, 429, "rate_limited")
    assert 1 <= int(refused.headers["Retry-After"]) <= 60
    assert dashboard.try_to_sign_in(peer="198.51.100.9").status_code == 200


def test_strangers_are_slowed_down_but_the_owners_browser_is_not(
    dashboard: Dashboard, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits: list[float] = []
    monkeypatch.setattr(dashboard.site.container.owner.sign_in(), "_sleep", waits.append)
    dashboard.sign_in()
    waits.clear()
    stranger = Dashboard(dashboard.site)
    for number in range(4):
        stranger.try_to_sign_in(password="wrong", peer=f"198.51.100.{number}")
    dashboard.sign_in()
    assert waits == [0.0, 0.0, 0.25, 0.5]


@pytest.mark.usefixtures("no_waits")
@pytest.mark.parametrize("peer", ["203.0.113.7", "198.51.100.9"])
def test_five_wrong_passwords_by_a_stranger_do_not_lock_out_the_owners_browser(
    make_dashboard: MakeDashboard, peer: str
) -> None:
    owner = make_dashboard(HELPR_RATE_SIGN_IN=None)
    owner.sign_in(peer="203.0.113.7")
    stranger = Dashboard(owner.site)
    statuses = [stranger.try_to_sign_in(password="x", peer=peer).status_code for _ in range(7)]
    assert 429 in statuses
    assert owner.try_to_sign_in(peer="203.0.113.7").status_code == 200


def test_a_neighbouring_sites_cookie_does_not_hide_the_owners_browser(
    owner: Dashboard, monkeypatch: pytest.MonkeyPatch
) -> None:
    fields = {"username": USERNAME, "password": "wrong"}
    for _ in range(3):
        owner.site.ask("POST", SESSION, json=fields)
    waits: list[float] = []
    monkeypatch.setattr(owner.site.container.owner.sign_in(), "_sleep", waits.append)
    known = {"Cookie": f"helpr_device=tossed; helpr_device={owner.device}"}
    answer = owner.site.ask("POST", SESSION, json=fields | {"password": PASSWORD}, headers=known)
    assert answer.status_code == 200
    assert waits == [], "in a line of its own, not behind strangers"


@pytest.mark.usefixtures("no_waits")
def test_behind_an_untrusted_proxy_a_stranger_does_not_lock_out_a_new_browser(
    make_dashboard: MakeDashboard,
) -> None:
    dashboard = make_dashboard(HELPR_RATE_SIGN_IN=None)
    stranger, friend = {"X-Forwarded-For": "198.51.100.66"}, {"X-Forwarded-For": "203.0.113.9"}
    wrong = [dashboard.try_to_sign_in(password="x", headers=stranger).status_code for _ in range(7)]
    assert wrong == [401] * 5 + [429] * 2
    assert dashboard.try_to_sign_in(headers=friend).status_code == 200


@pytest.mark.usefixtures("no_waits")
def test_spoofed_addresses_gain_at_most_four_times_as_many_attempts(
    make_dashboard: MakeDashboard,
) -> None:
    dashboard = make_dashboard(HELPR_RATE_SIGN_IN="2/minute")
    statuses = [
        dashboard.try_to_sign_in(
            password="x", headers={"X-Forwarded-For": f"198.51.100.{number}"}
        ).status_code
        for number in range(10)
    ]
    assert statuses == [401] * 8 + [429] * 2


@pytest.mark.usefixtures("no_waits")
def test_of_refused_sign_ins_the_first_and_each_power_of_ten_are_recorded(
    dashboard: Dashboard,
) -> None:
    for _ in range(25):
        assert dashboard.try_to_sign_in(password="wrong").status_code == 401
    events = dashboard.site.owner("GET", "audit").get_json()["events"]
    noted = [(one["action"], one.get("after")) for one in events]
    assert noted == [
        ("sign_in_refused", {"failures_within_the_hour": 10}),
        ("sign_in_refused", None),
    ]


@pytest.mark.parametrize("path", ["/dashboard", SESSION, LIBRARIES])
def test_nobody_can_use_up_the_owners_access_to_the_dashboard(
    make_dashboard: MakeDashboard, path: str
) -> None:
    dashboard = make_dashboard(
        HELPR_RATE_DEFAULT="2/hour", HELPR_RATE_STATUS="2/hour", HELPR_RATE_SIGN_IN=None
    )
    assert [dashboard.site.page("/").status_code for _ in range(3)] == [200, 200, 429]
    statuses = {dashboard.site.get(path).status_code for _ in range(60)}
    assert statuses == {200 if path == "/dashboard" else 401}
    dashboard.sign_in()


def test_no_page_limit_locks_out_a_signed_in_owner(make_dashboard: MakeDashboard) -> None:
    once = dict.fromkeys(
        ("HELPR_RATE_DEFAULT", "HELPR_RATE_STATUS", "HELPR_RATE_INVITES"), "1/hour"
    )
    dashboard = make_dashboard(**once)
    dashboard.sign_in()
    assert [dashboard.site.page("/").status_code for _ in range(2)] == [200, 429]
    views = [
        f"/dashboard/{path.removeprefix('api/').replace('manage/', 'api/')}"
        for endpoint in ENDPOINTS
        if (path := endpoint.path).startswith("api/manage/") and "{" not in path
        if "GET" in endpoint.methods
    ]
    assert len(views) > 15

    for path in ["/dashboard", SESSION, "/api/openapi.json", *views]:
        answers = {dashboard.site.get(path).status_code for _ in range(3)}
        assert 429 not in answers, path


def test_without_an_administrator_both_settings_are_named(make_site: MakeSite) -> None:
    dashboard = Dashboard(make_site(ADMIN_USERNAME=None, ADMIN_PASSWORD_HASH=None))
    document = problem(dashboard.try_to_sign_in(), 503, "setup_required")
    assert fields_of(document) == ["ADMIN_USERNAME", "ADMIN_PASSWORD_HASH"]
    assert [one["message"] for one in document["errors"]] == ["is missing"] * 2
    problem(dashboard.get(), 401, "sign_in_required")
    problem(dashboard.get(LIBRARIES), 401, "sign_in_required")
