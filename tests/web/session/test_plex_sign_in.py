"""The owner signs in to the dashboard with Plex: who gets in, and how other attempts end."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from werkzeug.test import TestResponse

from demo_plex.people import OWNER_USERNAME
from helpr_core import container
from helpr_core.clock import utc_now
from helpr_core.container import Container
from helpr_core.services.plex.errors import PlexUnauthorized
from helpr_core.texts import text
from tests.web.conftest import MakeDashboard, MakeSite
from tests.web.dashboard import SESSION, Dashboard, cookie_of, header_of
from tests.web.site_under_test import PAGE, SiteUnderTest, problem

OURS = {"Origin": "http://localhost"}
PLEX = "/dashboard/plex"
BROWSERS = "/dashboard/api/browsers"


@dataclass
class AtPlex:
    """A browser on the dashboard's sign-in page that goes to Plex and back."""

    site: SiteUnderTest
    number: int = 1
    begun: dict[str, Any] = field(default_factory=dict)
    code: str = ""

    @property
    def cookie(self) -> dict[str, str]:
        return self.site.browser(self.number)

    @property
    def path(self) -> str:
        return f"{PLEX}/{self.begun['sign_in_id']}"

    def leave(self) -> TestResponse:
        answer = self.site.ask("POST", PLEX, json={}, headers=OURS | self.cookie)
        assert answer.status_code == 201, answer.text
        self.begun = answer.get_json()
        pin = self.site.make_pin(self.begun["client_identifier"])
        self.code = pin["pin_code"]
        return self.site.ask("PUT", f"{self.path}/pin", json=pin, headers=OURS | self.cookie)

    def back(self) -> TestResponse:
        return self.site.ask("GET", self.path, headers=PAGE | self.cookie)

    def go(self, name: str = OWNER_USERNAME) -> TestResponse:
        assert self.leave().status_code == 200
        assert self.site.plex.sign_in(self.code, name)
        return self.back()


@pytest.fixture
def at_plex(dashboard: Dashboard) -> AtPlex:
    return AtPlex(dashboard.site)


def signed_in(site: SiteUnderTest, answer: TestResponse) -> Dashboard:
    assert (answer.status_code, answer.headers.get("Location")) == (303, "/dashboard"), answer.text
    browser = Dashboard(site, cookie=cookie_of(answer), device=cookie_of(answer, "helpr_device"))
    told = browser.get()
    assert told.status_code == 200
    browser.csrf_token = told.get_json()["csrf_token"]
    return browser


def ends(answer: TestResponse, status: int, code: str) -> str:
    """Asserts that the page says so and nobody is signed in."""
    assert answer.status_code == status, answer.text
    assert text(f"owner_sign_in.{code}.heading") in answer.text
    assert text("owner_sign_in.back") in answer.text
    assert not any("helpr_session" in one for one in answer.headers.getlist("Set-Cookie"))
    assert answer.headers["Cache-Control"] == "no-store"
    return answer.text


def test_the_owner_is_signed_in_and_the_token_is_revoked(at_plex: AtPlex) -> None:
    browser = signed_in(at_plex.site, at_plex.go())
    assert browser.get().get_json()["username"] == OWNER_USERNAME
    (one,) = browser.get(BROWSERS).get_json()["browsers"]
    assert (one["way"], one["username"], one["current"]) == ("plex", OWNER_USERNAME, True)
    assert at_plex.site.plex.tokens == ()
    (event, *_) = browser.get("/dashboard/api/audit").get_json()["events"]
    assert (event["action"], event["after"]) == ("sign_in", {"way": "plex"})


def test_it_asks_plex_at_most_four_times(at_plex: AtPlex) -> None:
    at_plex.go()
    assert len(at_plex.site.plex.servers_calls) <= 4
    at_plex.site.plex.clear_calls()
    at_plex.go()
    assert len(at_plex.site.plex.servers_calls) == 3, "whose account Helpr's is, is known by then"


def test_the_device_at_plex_is_used_for_this_sign_in_only(at_plex: AtPlex) -> None:
    at_plex.leave()
    first = at_plex.begun["client_identifier"]
    at_plex.leave()
    parts = at_plex.site.container
    friends = parts.sign_ins().stored().client_identifier
    names = {first, at_plex.begun["client_identifier"], parts.plex.client_identifier()}
    assert len(names | {friends(at_plex.begun["sign_in_id"])}) == 4


@pytest.mark.parametrize("name", ["alice", "unconfirmed-olga", "managed-kid"])
def test_anybody_else_is_told_whose_account_is_needed(at_plex: AtPlex, name: str) -> None:
    ends(at_plex.go(name), 403, "not_the_owner")
    assert at_plex.site.plex.tokens == ()
    ends(at_plex.back(), 410, "sign_in_over")


def test_somebody_who_did_not_sign_in_at_plex_can_continue_there(at_plex: AtPlex) -> None:
    at_plex.leave()
    page = ends(at_plex.back(), 202, "sign_in_waiting")
    assert at_plex.code in page
    assert at_plex.site.plex.sign_in(at_plex.code, OWNER_USERNAME)
    signed_in(at_plex.site, at_plex.back())


def test_a_sign_in_can_be_used_once(at_plex: AtPlex) -> None:
    signed_in(at_plex.site, at_plex.go())
    ends(at_plex.back(), 410, "sign_in_over")


def test_an_expired_pin_ends_it(at_plex: AtPlex) -> None:
    at_plex.leave()
    at_plex.site.plex.expire_pins()
    ends(at_plex.back(), 410, "sign_in_over")


def test_it_expires_after_fifteen_minutes(at_plex: AtPlex) -> None:
    at_plex.leave()
    assert at_plex.site.plex.sign_in(at_plex.code, OWNER_USERNAME)
    environ = at_plex.site.container.installation._environ
    later = Container(environ, lambda: utc_now() + timedelta(minutes=16))
    container.install(lambda: later)
    ends(at_plex.back(), 410, "sign_in_over")
    later.stores.database().dispose()


def test_the_address_is_useless_in_another_browser(at_plex: AtPlex) -> None:
    at_plex.leave()
    assert at_plex.site.plex.sign_in(at_plex.code, OWNER_USERNAME)
    other = AtPlex(at_plex.site, 2, at_plex.begun)
    ends(other.back(), 403, "sign_in_elsewhere")
    signed_in(at_plex.site, at_plex.back())


@pytest.mark.parametrize("path", ["not-an-id", "00000000-0000-4000-8000-000000000000"])
def test_an_invalid_address_is_expired(at_plex: AtPlex, path: str) -> None:
    answer = at_plex.site.ask("GET", f"{PLEX}/{path}", headers=PAGE | at_plex.cookie)
    ends(answer, 410, "sign_in_over")


@pytest.mark.parametrize("times", [0, 1])
@pytest.mark.parametrize("path", ["/api/v2/pins", "/api/v2/user"])
def test_while_plex_is_down_it_can_be_tried_again(at_plex: AtPlex, path: str, times: int) -> None:
    """For as long as it is down, or for one call: signing out works again by then."""
    at_plex.leave()
    assert at_plex.site.plex.sign_in(at_plex.code, OWNER_USERNAME)
    at_plex.site.plex.fail("status", path_prefix=path, status=503, times=times)
    page = ends(at_plex.back(), 503, "plex_unreachable")
    assert f'href="{at_plex.path}"' in page
    at_plex.site.plex.clear_faults()
    signed_in(at_plex.site, at_plex.back())
    assert at_plex.site.plex.tokens == ()


def test_while_plex_refuses_helprs_own_token_the_sign_in_stays_open(
    at_plex: AtPlex, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_plex.leave()
    assert at_plex.site.plex.sign_in(at_plex.code, OWNER_USERNAME)

    def refused() -> int:
        raise PlexUnauthorized

    with monkeypatch.context() as patched:
        patched.setattr(at_plex.site.container.owner.by_plex(), "_owner_id", refused)
        ends(at_plex.back(), 503, "plex_unreachable")
    signed_in(at_plex.site, at_plex.back())


def test_removing_plex_as_a_way_in_ends_its_sessions(at_plex: AtPlex) -> None:
    browser = signed_in(at_plex.site, at_plex.go())
    environ = at_plex.site.container.installation._environ
    later = Container({**environ, "HELPR_SIGN_IN": "password"})
    container.install(lambda: later)
    problem(browser.get(), 401, "sign_in_required")
    later.stores.database().dispose()


def test_a_pin_from_a_friends_form_opens_no_dashboard(at_plex: AtPlex) -> None:
    """Not even if the owner signs in with it."""
    site = at_plex.site
    begun = site.ask("POST", "/api/sign-ins", json={}, headers=OURS | at_plex.cookie).get_json()
    at_plex.begun = begun
    ends(at_plex.back(), 410, "sign_in_over")


def test_another_site_cannot_begin_one(at_plex: AtPlex) -> None:
    headers = {"Origin": "https://evil.example"} | at_plex.cookie
    problem(at_plex.site.ask("POST", PLEX, json={}, headers=headers), 403, "cross_site")


def test_the_page_offers_it_beside_the_password(dashboard: Dashboard) -> None:
    answer = dashboard.site.ask("GET", "/dashboard", headers=PAGE)
    assert 'data-ways="password plex"' in answer.text
    assert (
        f"connect-src 'self' {dashboard.site.plex.url}" in answer.headers["Content-Security-Policy"]
    )


def test_the_owner_may_allow_only_the_password(make_dashboard: MakeDashboard) -> None:
    site = make_dashboard(HELPR_SIGN_IN="password").site
    answer = site.ask("GET", "/dashboard", headers=PAGE)
    assert 'data-pins=""' in answer.text
    assert "connect-src" not in answer.headers["Content-Security-Policy"]
    problem(site.ask("POST", PLEX, json={}, headers=OURS), 404, "not_found")


def test_the_owner_may_allow_only_plex_and_have_no_password(make_site: MakeSite) -> None:
    site = make_site(HELPR_SIGN_IN="plex")
    browser = signed_in(site, AtPlex(site).go())
    assert browser.sign_out().status_code == 204
    problem(browser.get(), 401, "sign_in_required")


def test_with_plex_alone_the_right_password_is_refused(
    make_dashboard: MakeDashboard,
) -> None:
    shut = make_dashboard(HELPR_SIGN_IN="plex").try_to_sign_in()
    assert "HELPR_SIGN_IN" in problem(shut, 409, "not_possible")["detail"]
    make_dashboard(HELPR_SIGN_IN="plex password").sign_in()


def test_without_an_administrator_the_dashboard_stays_closed(make_site: MakeSite) -> None:
    refusal = problem(make_site().ask("POST", PLEX, json={}, headers=OURS), 503, "setup_required")
    assert {one["field"] for one in refusal["errors"]} == {"ADMIN_USERNAME", "ADMIN_PASSWORD_HASH"}


def test_the_cookies_are_those_of_a_password_sign_in(at_plex: AtPlex) -> None:
    attributes = header_of(at_plex.go(), "helpr_session").split("; ")[1:]
    assert {"Path=/dashboard", "SameSite=Strict", "HttpOnly"} <= set(attributes)
    assert SESSION.startswith("/dashboard")
