"""A session over HTTP: what is not a session, and what ends one."""

from __future__ import annotations

import logging

import pytest
from werkzeug.security import generate_password_hash

from tests.web.conftest import MakeDashboard
from tests.web.dashboard import (
    LIBRARIES,
    PASSWORD,
    SESSION,
    SHARED,
    USERNAME,
    Dashboard,
    cookie_of,
)
from tests.web.site_under_test import problem

TABLES_DOWN = (
    "DefaultEndpointsProtocol=http;AccountName=devstoreaccount1;AccountKey=bm90LWEta2V5;"
    "TableEndpoint=http://127.0.0.1:9/devstoreaccount1"
)


def test_without_a_cookie_nobody_is_signed_in(dashboard: Dashboard) -> None:
    problem(dashboard.site.get(SESSION), 401, "sign_in_required")
    problem(dashboard.site.ask("DELETE", SESSION), 401, "sign_in_required")


def test_the_page_asks_for_a_session_if_there_is_any(dashboard: Dashboard) -> None:
    answer = dashboard.site.get(f"{SESSION}?if_any=1")
    assert (answer.status_code, answer.data, answer.headers["Cache-Control"]) == (
        204,
        b"",
        "no-store",
    )
    problem(dashboard.site.get(f"{SESSION}?if_any=perhaps"), 400, "invalid_input")
    dashboard.sign_in()
    assert dashboard.get(f"{SESSION}?if_any=1").get_json()["username"] == USERNAME


def _flipped(text: str, at: int) -> str:
    return text[:at] + ("A" if text[at] != "A" else "B") + text[at + 1 :]


def test_a_cookie_that_was_changed_anywhere_is_invalid(owner: Dashboard) -> None:
    right = owner.cookie
    # Not the last character, two of whose six bits are ignored.
    for at in range(len(right) - 1):
        owner.cookie = _flipped(right, at)
        assert owner.get().status_code == 401, at
    owner.cookie = right
    assert owner.get().status_code == 200


@pytest.mark.parametrize(
    "value",
    [
        "",
        ".",
        "..",
        "a.b.c",
        "%00",
        '"quoted"',
        "0" * 32,
        f"{'0' * 32}.1700000000",
        f"{'0' * 32}.1700000000.{'A' * 43}",
        "Ã©" * 20,
        "x" * 4000,
    ],
)
def test_a_cookie_that_we_did_not_issue_is_invalid(owner: Dashboard, value: str) -> None:
    owner.cookie = value
    problem(owner.get(), 401, "sign_in_required")


def test_other_cookies_do_not_interfere(owner: Dashboard) -> None:
    cookies = f"a=1;helpr_session_old=x; helpr_session={owner.cookie};b"
    assert owner.get(headers={"Cookie": cookies}).status_code == 200


@pytest.mark.parametrize(
    "change",
    [
        {"SECRET_KEY": "another-secret-key-0123456789abcdefgh"},
        {"ADMIN_PASSWORD_HASH": generate_password_hash(PASSWORD, "scrypt:1024:8:1")},
        {"ADMIN_USERNAME": "somebody"},
    ],
    ids=lambda change: next(iter(change)),
)
def test_a_new_secret_hash_or_name_ends_every_session(
    owner: Dashboard, make_dashboard: MakeDashboard, change: dict[str, str]
) -> None:
    later = make_dashboard(**change)
    later.cookie, later.csrf_token = owner.cookie, owner.csrf_token
    problem(later.get(), 401, "sign_in_required")
    assert later.site.container.owner.devices().find(owner.device) is None
    assert owner.answering().get().status_code == 200


def test_signing_out_removes_the_cookie(owner: Dashboard) -> None:
    answer = owner.sign_out()
    assert (answer.status_code, answer.data) == (204, b"")
    attributes = answer.headers["Set-Cookie"].lower().split("; ")
    assert attributes[0] == "helpr_session="
    assert {"max-age=0", "path=/dashboard", "httponly", "samesite=strict"} <= set(attributes)


def test_a_copied_cookie_is_invalid_on_every_instance_after_signing_out(
    owner: Dashboard, make_dashboard: MakeDashboard
) -> None:
    elsewhere = make_dashboard()
    elsewhere.cookie, elsewhere.csrf_token = owner.cookie, owner.csrf_token
    assert elsewhere.get().status_code == 200
    assert owner.answering().sign_out().status_code == 204
    for browser in (owner, elsewhere):
        problem(browser.answering().get(), 401, "sign_in_required")
        problem(browser.get(LIBRARIES), 401, "sign_in_required")
        problem(browser.ask("PUT", LIBRARIES, json=SHARED), 401, "sign_in_required")
        problem(browser.sign_out(), 401, "sign_in_required")


def test_signing_out_leaves_the_owners_other_sessions_alone(owner: Dashboard) -> None:
    other = Dashboard(owner.site)
    other.sign_in()
    owner.sign_out()
    assert other.get().status_code == 200


@pytest.mark.parametrize("token", ["", "wrong", "Ã©", "A" * 43])
def test_signing_out_requires_the_token(owner: Dashboard, token: str) -> None:
    problem(owner.sign_out(headers={"X-CSRF-Token": token}), 403, "csrf_failed")
    assert owner.get().status_code == 200


def test_while_the_state_store_is_down_the_owner_can_still_work(
    make_dashboard: MakeDashboard, caplog: pytest.LogCaptureFixture
) -> None:
    dashboard = make_dashboard(HELPR_TABLES_CONNECTION=TABLES_DOWN)
    dashboard.sign_in()
    assert dashboard.get().status_code == 200
    answer = dashboard.sign_out()
    assert (answer.status_code, cookie_of(answer)) == (204, "")
    warnings = [one.getMessage() for one in caplog.records if one.levelno == logging.WARNING]
    assert any("does not tell which sessions were ended" in line for line in warnings)
    problem(dashboard.get(), 401, "sign_in_required")  # the database knows that it ended
    dashboard.sign_in()
    dashboard.csrf_token = "wrong"
    problem(dashboard.sign_out(), 403, "csrf_failed")
