"""Plex refuses the token, and the owner signs in to Plex again: nothing is lost."""

from __future__ import annotations

import logging
import re
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from werkzeug.test import TestResponse

from demo_plex import DemoPlex
from helpr_core.container import Container
from helpr_core.texts import text
from tests.web.conftest import MakeSite
from tests.web.set_up.test_set_up import EMPTY, OURS, finish
from tests.web.site_under_test import SiteUnderTest, problem

BEGIN = "connection/sign-ins"


@pytest.fixture
def made(make_site: MakeSite) -> SiteUnderTest:
    """A worker that was set up in the browser."""
    site = make_site(**EMPTY)
    finish(site)
    return site


def refuse(plex: DemoPlex) -> str:
    """Revoke the current token and return it."""
    (token,) = plex.tokens
    plex.stage.plex.sign_ins.sign_out(token)
    return token


def owner(site: SiteUnderTest, method: str, path: str, **request: Any) -> TestResponse:
    return site.owner(method, path, headers=OURS, **request)


def begin(site: SiteUnderTest) -> dict[str, Any]:
    answer = owner(site, "POST", BEGIN)
    assert answer.status_code == 201, answer.text
    begun: dict[str, Any] = answer.get_json()
    return begun


def make_pin(site: SiteUnderTest, begun: dict[str, Any], **request: Any) -> dict[str, Any]:
    answer = owner(site, "PUT", f"{BEGIN}/{begun['sign_in_id']}/pin", **request)
    assert answer.status_code == 200, answer.text
    pin: dict[str, Any] = answer.get_json()
    return pin


def sign_in(site: SiteUnderTest, name: str = "demo-owner") -> TestResponse:
    """The whole sign-in, with a PIN made by Helpr."""
    begun = begin(site)
    address = make_pin(site, begun)["auth_url"]
    code = parse_qs(urlsplit(address).fragment.removeprefix("?"))["code"][0]
    assert site.plex.sign_in(code, name)
    return owner(site, "POST", f"{BEGIN}/{begun['sign_in_id']}/finish")


def token_check(site: SiteUnderTest, path: str = "overview") -> dict[str, Any]:
    found = {one["name"]: one for one in site.owner("GET", path).get_json()["checks"]}
    check: dict[str, Any] = found["token"]
    return check


@pytest.mark.parametrize("path", ["overview", "connection"])
def test_the_refused_token_is_shown_with_a_button(made: SiteUnderTest, path: str) -> None:
    refuse(made.plex)
    check = token_check(made, path)
    assert (check["severity"], check["action"]) == ("error", "sign_in_to_plex")
    assert check["fix"] == text("check.token.fix_sign_in")


@pytest.mark.parametrize("path", ["overview", "connection"])
@pytest.mark.parametrize(("azure", "where"), [(False, "setting"), (True, "vault")])
def test_a_token_in_the_settings_has_no_button_but_advice(
    make_site: MakeSite, path: str, azure: bool, where: str
) -> None:
    site = make_site(**({"WEBSITE_SITE_NAME": "helpr"} if azure else {}))
    site.plex.token = "another-token"
    check = token_check(site, path)
    assert check.get("action") is None
    assert check["fix"] == text(f"check.token.fix_{where}")
    document = problem(owner(site, "POST", BEGIN), 409, "token_given")
    assert document["detail"] == text(f"check.token.fix_{where}")


def test_waiting_requests_are_sent_right_afterwards(made: SiteUnderTest) -> None:
    old = refuse(made.plex)
    for name in ("alice", "bob"):
        assert made.invite(name).status_code == 202
    assert {row["error_code"] for row in made.rows()} == {"plex_unauthorized"}
    answer = sign_in(made)
    assert answer.get_json() == {"account": "demo-owner", "sent": 2, "waiting": 0}
    assert [row["status"] for row in made.rows()] == ["success", "success"]
    assert made.plex.share_of("bob") is not None
    assert token_check(made)["ok"]
    assert old not in made.plex.tokens
    assert len(made.plex.tokens) == 1


def test_the_old_token_is_revoked_if_it_is_still_valid(made: SiteUnderTest) -> None:
    (old,) = made.plex.tokens
    assert sign_in(made).status_code == 200
    (new,) = made.plex.tokens
    assert new != old
    assert made.plex.count("DELETE", "/users/signout") == 1


def test_an_old_token_that_cannot_be_revoked_now_is_revoked_by_housekeeping(
    made: SiteUnderTest,
) -> None:
    (old,) = made.plex.tokens
    made.plex.fail("status", path_prefix="/api/v2/users/signout", status=503)
    assert sign_in(made).status_code == 200
    assert old in made.plex.tokens
    assert old.encode() not in made.database.read_bytes()
    made.container.upkeep.housekeeping().run()
    assert old not in made.plex.tokens
    assert made.container.set_up().stored().saved().connection.past == ()


def test_another_worker_switches_to_the_new_token(made: SiteUnderTest, make_site: MakeSite) -> None:
    other = make_site(**EMPTY)
    assert other.invite("carol").status_code == 201  # it has the old token in memory
    assert other.owner("POST", "people/refresh").status_code == 200
    sign_in(made)
    assert other.invite("dave").status_code == 201
    assert other.owner("POST", "people/refresh").status_code == 200
    assert token_check(other, "connection")["ok"]


def test_another_account_changes_nothing_and_is_signed_out(made: SiteUnderTest) -> None:
    refuse(made.plex)
    before = made.container.set_up().stored().saved()
    document = problem(sign_in(made, "alice"), 409, "other_account")
    assert "alice" in document["detail"]
    assert made.container.set_up().stored().saved() == before
    assert made.plex.tokens == ()


def test_the_same_account_is_accepted_while_plex_lists_no_server(made: SiteUnderTest) -> None:
    refuse(made.plex)
    made.plex.change(listed=False)
    assert sign_in(made).status_code == 200


def test_the_dashboards_owner_is_the_owner_of_the_new_token(made: SiteUnderTest) -> None:
    """A server can change hands: then its previous owner can no longer open the dashboard."""
    ours = made.container.plex.owner().account_id()
    made.container.plex.owner().note("somebody before", account_id=ours + 1)
    refuse(made.plex)
    assert sign_in(made).status_code == 200
    assert made.container.plex.owner().account_id() == ours


def test_the_browsers_own_pin_causes_no_alert(made: SiteUnderTest) -> None:
    begun = begin(made)
    assert begun["pins_url"] == f"{made.plex.url}/api/v2/pins"
    pin = made.plex.stage.plex.sign_ins.make_pin(
        begun["client_identifier"], begun["product"], strong=True, by_browser=True
    )
    given = {"pin_id": pin.id, "pin_code": pin.code}
    found = make_pin(made, begun, json=given)
    assert found["alert_expected"] is False
    assert pin.code in found["auth_url"]
    assert re.search(r"forwardUrl=http%3A%2F%2Flocalhost%2Fdashboard%3Fplex%3D", found["auth_url"])
    assert make_pin(made, begun)["alert_expected"] is True
    assert made.page("/dashboard").headers["Content-Security-Policy"].endswith(made.plex.url)


def test_no_identifier_is_used_twice(made: SiteUnderTest) -> None:
    identifiers = {begin(made)["client_identifier"] for _ in range(2)}
    friend = made.ask("POST", "/api/sign-ins", json={}, headers=OURS).get_json()
    identifiers |= {friend["client_identifier"], made.container.plex.client_identifier()}
    assert len(identifiers) == 4


def test_before_anybody_signed_in_it_waits(made: SiteUnderTest) -> None:
    begun = begin(made)
    path = f"{BEGIN}/{begun['sign_in_id']}/finish"
    assert owner(made, "POST", path).status_code == 202
    make_pin(made, begun)
    answer = owner(made, "POST", path)
    assert (answer.status_code, answer.get_json()["status"]) == (202, "sign_in_waiting")


def test_an_outage_of_plex_in_the_middle_loses_nothing(made: SiteUnderTest) -> None:
    refuse(made.plex)
    begun = begin(made)
    code = parse_qs(urlsplit(make_pin(made, begun)["auth_url"]).fragment[1:])["code"][0]
    made.plex.sign_in(code, "demo-owner")
    made.plex.fail("status", path_prefix="/api/v2/resources", status=503)
    path = f"{BEGIN}/{begun['sign_in_id']}/finish"
    assert owner(made, "POST", path).status_code == 503
    assert owner(made, "POST", path).status_code == 200
    assert made.invite("alice").status_code == 201


def test_it_ends_when_it_is_finished_or_its_pin_has_expired(made: SiteUnderTest) -> None:
    for sign_in_id in ("nonsense", "00000000-0000-4000-8000-000000000000"):
        problem(owner(made, "POST", f"{BEGIN}/{sign_in_id}/finish"), 410, "sign_in_over")
    begun = begin(made)
    make_pin(made, begun)
    made.plex.expire_pins()
    for _ in range(2):
        path = f"{BEGIN}/{begun['sign_in_id']}/finish"
        problem(owner(made, "POST", path), 410, "sign_in_over")


def test_a_friend_cannot_finish_it(made: SiteUnderTest) -> None:
    begun = begin(made)
    path = f"/api/sign-ins/{begun['sign_in_id']}"
    answer = made.ask("POST", f"{path}/finish", headers=OURS | made.browser())
    problem(answer, 403, "sign_in_elsewhere")


def test_the_new_token_is_nowhere_in_plain_text(
    made: SiteUnderTest, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    refuse(made.plex)
    answer = sign_in(made)
    made.invite("alice")
    (token,) = made.plex.tokens
    assert token not in answer.text
    assert token not in caplog.text
    assert token.encode() not in made.database.read_bytes()
    assert token not in made.owner("GET", "audit").text
    assert isinstance(made.container, Container)
