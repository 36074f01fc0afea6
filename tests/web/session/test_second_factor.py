"""The second factor over HTTP: turned on, required at sign-in, turned off."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from helpr_core import container
from tests.services.owner.second_factor import app_code
from tests.web.conftest import MakeDashboard, MakeSite
from tests.web.dashboard import LIBRARIES, PASSWORD, SESSION, USERNAME, Dashboard
from tests.web.session.conftest import Later
from tests.web.site_under_test import fields_of, problem

FACTOR = "/dashboard/api/second-factor"


def now_code(secret: str, seconds: int = 0) -> str:
    """The app's code now, or that many seconds from now."""
    return app_code(secret, datetime.now(UTC) + timedelta(seconds=seconds))


def turn_on(owner: Dashboard) -> tuple[str, list[str]]:
    """The app's secret and the recovery codes. This uses up the code of the current step."""
    secret: str = owner.ask("POST", FACTOR).get_json()["secret"]
    answer = owner.ask("POST", f"{FACTOR}/confirm", json={"code": now_code(secret)})
    assert answer.status_code == 200, answer.text
    return secret, answer.get_json()["recovery_codes"]


def sign_in_with(dashboard: Dashboard, code: str, **request: Any) -> Any:
    body = {"username": USERNAME, "password": PASSWORD, "code": code}
    return dashboard.site.ask("POST", SESSION, json=body, **request)


def changes(owner: Dashboard) -> list[str]:
    """What the owner's channels are told about the ways in, newest first."""
    outbox = container.current().notices().outbox()
    told = outbox.newest(["way_in_changed"], datetime(2020, 1, 1, tzinfo=UTC), 20)
    return [str(one.facts["change"]) for one in told]


def actions(dashboard: Dashboard) -> list[tuple[str, Any]]:
    events = dashboard.site.owner("GET", "audit").get_json()["events"]
    return [(one["action"], one.get("after")) for one in events]


def test_it_is_off_until_a_code_confirms_the_secret(owner: Dashboard) -> None:
    before = owner.get(FACTOR).get_json()
    assert before == {
        "on": False,
        "recovery_codes_left": 0,
        "has_password": True,
        "proof_wanted": False,
    }
    answer = owner.ask("POST", FACTOR)
    assert (answer.status_code, answer.headers["Cache-Control"]) == (201, "no-store")
    offered = answer.get_json()
    assert owner.get(FACTOR).get_json() == before
    picture = owner.get(f"{FACTOR}/qr.svg")
    assert (picture.status_code, picture.mimetype) == (200, "image/svg+xml")
    assert picture.headers["Cache-Control"] == "no-store"
    wrong = owner.ask("POST", f"{FACTOR}/confirm", json={"code": "000000"})
    assert fields_of(problem(wrong, 400, "invalid_input")) == ["code"]
    right = owner.ask("POST", f"{FACTOR}/confirm", json={"code": now_code(offered["secret"])})
    assert len(right.get_json()["recovery_codes"]) == 10
    after = owner.get(FACTOR).get_json()
    assert (after["on"], after["recovery_codes_left"]) == (True, 10)
    problem(owner.get(f"{FACTOR}/qr.svg"), 409, "not_possible")
    problem(owner.ask("POST", FACTOR), 409, "not_possible")
    assert actions(owner)[0] == ("second_factor_on", None)


def test_the_otpauth_address_names_the_server_and_the_owner(owner: Dashboard) -> None:
    offered = owner.ask("POST", FACTOR).get_json()
    address = urlsplit(offered["address"])
    assert (address.scheme, address.netloc) == ("otpauth", "totp")
    assert address.path == f"/Helpr%20Demo%20Plex:{USERNAME}"
    query = parse_qs(address.query)
    assert query == {"secret": [offered["secret"]], "issuer": ["Helpr Demo Plex"]}


def test_with_it_on_the_password_alone_signs_nobody_in(owner: Dashboard) -> None:
    secret, _ = turn_on(owner)
    answer = owner.try_to_sign_in()
    document = problem(answer, 401, "code_required")
    assert "recovery code" in document["detail"]
    assert "Set-Cookie" not in answer.headers
    assert owner.get(LIBRARIES).status_code == 200, "who is signed in stays so"
    # The code of the current step turned it on, so the next step's is used.
    signed_in = sign_in_with(owner, now_code(secret, 30))
    assert signed_in.status_code == 200
    assert signed_in.get_json()["csrf_token"]


def test_a_code_signs_in_once(owner: Dashboard) -> None:
    secret, _ = turn_on(owner)
    code = now_code(secret, 30)
    assert sign_in_with(owner, code).status_code == 200
    again = sign_in_with(owner, code)
    problem(again, 401, "code_wrong")
    assert "Set-Cookie" not in again.headers


def test_a_code_does_not_reveal_whether_the_password_is_right(owner: Dashboard) -> None:
    secret, codes = turn_on(owner)
    for code in ("", now_code(secret, 30), codes[0]):
        body = {"username": USERNAME, "password": "wrong", "code": code}
        problem(owner.site.ask("POST", SESSION, json=body), 401, "sign_in_failed")
    assert sign_in_with(owner, codes[0]).status_code == 200, "and it is not used up"


def test_a_recovery_code_signs_in_once_and_the_owner_sees_how_many_are_left(
    owner: Dashboard,
) -> None:
    _, codes = turn_on(owner)
    assert sign_in_with(owner, codes[4]).status_code == 200
    problem(sign_in_with(owner, codes[4]), 401, "code_wrong")
    assert owner.get(FACTOR).get_json()["recovery_codes_left"] == 9
    assert ("recovery_code_used", {"recovery_codes_left": 9}) in actions(owner)


def test_guessed_codes_are_limited_like_wrong_passwords(make_dashboard: MakeDashboard) -> None:
    owner = make_dashboard(HELPR_RATE_SIGN_IN=None)
    owner.sign_in(peer="203.0.113.7")
    secret, _ = turn_on(owner)
    stranger = Dashboard(owner.site)
    peer = {"peer": "198.51.100.9"}
    statuses = [sign_in_with(stranger, "000000", **peer).status_code for _ in range(6)]
    assert statuses == [401] * 5 + [429]
    problem(sign_in_with(stranger, now_code(secret, 30), **peer), 429, "rate_limited")


def test_guessed_codes_slow_strangers_down_but_a_missing_one_does_not(
    owner: Dashboard, monkeypatch: pytest.MonkeyPatch
) -> None:
    turn_on(owner)
    waits: list[float] = []
    monkeypatch.setattr(owner.site.container.owner.sign_in(), "_sleep", waits.append)
    stranger = Dashboard(owner.site)
    for _ in range(3):
        problem(stranger.try_to_sign_in(), 401, "code_required")
    for _ in range(4):
        problem(sign_in_with(stranger, "000000"), 401, "code_wrong")
    assert waits == [0.0, 0.0, 0.0, 0.0, 0.0, 0.25, 0.5]
    assert actions(owner)[0] == ("sign_in_refused", None)


@pytest.mark.parametrize(
    ("proof", "named"),
    [({}, "password"), ({"password": "wrong"}, "password"), ({"code": "000000"}, "code")],
)
def test_a_session_that_was_left_open_turns_it_on_for_nobody(
    owner: Dashboard, later: Later, proof: dict[str, str], named: str
) -> None:
    later(minutes=11)
    assert owner.get(FACTOR).get_json()["proof_wanted"] is True
    answer = owner.ask("POST", FACTOR, json=proof)
    assert fields_of(problem(answer, 400, "invalid_input")) == [named]
    problem(owner.ask("POST", FACTOR), 400, "invalid_input")
    problem(owner.get(f"{FACTOR}/qr.svg"), 409, "not_possible")
    assert owner.ask("POST", FACTOR, json={"password": PASSWORD}).status_code == 201


@pytest.mark.parametrize(("minutes", "status"), [(9, 201), (11, 400)])
def test_a_recent_sign_in_counts_as_proof(
    owner: Dashboard, later: Later, minutes: int, status: int
) -> None:
    later(minutes=minutes)
    assert owner.ask("POST", FACTOR, json={}).status_code == status


def test_what_takes_it_away_is_asked_for_right_after_signing_in_too(owner: Dashboard) -> None:
    turn_on(owner)
    for what in ("off", "recovery-codes"):
        problem(owner.ask("POST", f"{FACTOR}/{what}", json={}), 400, "invalid_input")


def test_the_owner_is_told_of_each_change(owner: Dashboard) -> None:
    secret, codes = turn_on(owner)
    owner.ask("POST", f"{FACTOR}/recovery-codes", json={"password": PASSWORD})
    sign_in_with(owner, codes[0])  # void by now
    owner.ask("POST", f"{FACTOR}/off", json={"code": now_code(secret, 30)})
    assert changes(owner) == ["second_factor_off", "recovery_codes_renewed", "second_factor_on"]
    _, codes = turn_on(owner)
    sign_in_with(owner, codes[0])
    assert changes(owner)[:2] == ["recovery_code_used", "second_factor_on"]
    body = owner.get("/dashboard/api/overview").get_json()["notices"]
    assert any("with a recovery code" in one["text"] for one in body)


@pytest.mark.parametrize("what", ["off", "recovery-codes"])
@pytest.mark.parametrize(
    ("proof", "named"),
    [
        ({}, ["password"]),
        ({"password": "wrong"}, ["password"]),
        ({"code": "000000"}, ["code"]),
    ],
)
def test_an_open_session_alone_cannot_turn_it_off(
    owner: Dashboard, what: str, proof: dict[str, str], named: list[str]
) -> None:
    _, codes = turn_on(owner)
    answer = owner.ask("POST", f"{FACTOR}/{what}", json=proof)
    assert fields_of(problem(answer, 400, "invalid_input")) == named
    assert owner.get(FACTOR).get_json()["on"] is True
    assert sign_in_with(owner, codes[0]).status_code == 200


@pytest.mark.parametrize("proof", ["password", "app", "recovery"])
def test_the_password_or_a_code_turns_it_off(owner: Dashboard, proof: str) -> None:
    secret, codes = turn_on(owner)
    given = {
        "password": {"password": PASSWORD},
        "app": {"code": now_code(secret, 30)},
        "recovery": {"code": codes[9]},
    }[proof]
    answer = owner.ask("POST", f"{FACTOR}/off", json=given)
    assert (answer.get_json()["on"], answer.get_json()["recovery_codes_left"]) == (False, 0)
    assert owner.try_to_sign_in().status_code == 200
    assert ("second_factor_off", None) in actions(owner)


def test_new_recovery_codes_replace_the_old_ones(owner: Dashboard) -> None:
    _, old = turn_on(owner)
    answer = owner.ask("POST", f"{FACTOR}/recovery-codes", json={"password": PASSWORD})
    new = answer.get_json()["recovery_codes"]
    assert (len(new), set(new) & set(old)) == (10, set())
    problem(sign_in_with(owner, old[0]), 401, "code_wrong")
    assert sign_in_with(owner, new[0]).status_code == 200
    assert ("recovery_codes_renewed", None) in actions(owner)


def test_guessing_in_an_open_session_is_limited_too(make_dashboard: MakeDashboard) -> None:
    owner = make_dashboard(HELPR_RATE_SIGN_IN="3/minute")
    owner.sign_in()
    turn_on(owner)
    path = f"{FACTOR}/off"
    statuses = [owner.ask("POST", path, json={"code": "000000"}).status_code for _ in range(4)]
    assert statuses == [400] * 3 + [429]


def test_both_proofs_at_once_are_refused(owner: Dashboard) -> None:
    answer = owner.ask("POST", f"{FACTOR}/off", json={"password": "a", "code": "b"})
    problem(answer, 400, "invalid_input")


def test_the_function_key_needs_no_code_and_lets_a_locked_out_owner_in(
    owner: Dashboard,
) -> None:
    turn_on(owner)
    assert owner.site.owner("GET", "libraries").status_code == 200
    answer = owner.site.owner("POST", "second-factor/off", json={})
    assert answer.get_json()["on"] is False
    assert owner.try_to_sign_in().status_code == 200


def test_without_a_password_there_is_no_second_factor(make_site: MakeSite) -> None:
    site = make_site(ADMIN_USERNAME=None, ADMIN_PASSWORD_HASH=None)
    assert site.owner("GET", "second-factor").get_json()["has_password"] is False
    problem(site.owner("POST", "second-factor"), 409, "not_possible")


def test_no_secret_and_no_code_is_in_the_audit_log_or_the_workers_log(
    owner: Dashboard, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    secret, codes = turn_on(owner)
    code = now_code(secret, 30)
    sign_in_with(owner, code)
    sign_in_with(owner, codes[0])
    logged = owner.site.owner("GET", "audit").text + caplog.text
    assert not any(one in logged for one in (secret, code, *codes))
