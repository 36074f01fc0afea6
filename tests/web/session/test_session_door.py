"""The API behind the session door, and the page in front of it."""

from __future__ import annotations

import pytest

from tests.web.conftest import MakeSite
from tests.web.dashboard import LIBRARIES, SHARED, USERNAME, Dashboard
from tests.web.site_under_test import PAGE, SiteUnderTest, problem


def test_a_use_case_answers_a_session_as_it_answers_a_key(owner: Dashboard) -> None:
    inside, outside = owner.get(LIBRARIES), owner.site.manage()
    assert inside.status_code == 200
    assert inside.get_json() == outside.get_json()


def test_a_change_requires_the_sessions_own_token(owner: Dashboard) -> None:
    before = owner.get(LIBRARIES).get_json()["libraries"]
    other = Dashboard(owner.site)
    other.sign_in()
    for token in ("", "wrong", other.csrf_token, owner.csrf_token[:-1], owner.cookie):
        headers = {"X-CSRF-Token": token}
        answer = owner.ask("PUT", LIBRARIES, json=SHARED, headers=headers)
        problem(answer, 403, "csrf_failed")
    assert owner.get(LIBRARIES).get_json()["libraries"] == before
    assert owner.ask("PUT", LIBRARIES, json=SHARED).status_code == 200
    assert owner.get(LIBRARIES).get_json()["libraries"] != before


def test_reading_requires_no_token(owner: Dashboard) -> None:
    assert owner.get(LIBRARIES, headers={"X-CSRF-Token": ""}).status_code == 200


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", ""),
        ("GET", "/"),
        ("GET", "/nothing"),
        ("GET", "/libraries/more"),
        ("GET", "/../session"),
        ("GET", "/..%2Fsession"),
        ("GET", "/%2Flibraries"),
        ("DELETE", "/libraries"),
        ("POST", "/libraries"),
        ("PUT", ""),
    ],
)
def test_an_unknown_path_is_not_found(owner: Dashboard, method: str, path: str) -> None:
    answer = owner.ask(method, f"/dashboard/api{path}")
    problem(answer, 404, "not_found")


def test_a_browser_that_opens_a_use_case_without_a_session_gets_a_page(
    dashboard: Dashboard,
) -> None:
    answer = dashboard.site.page(LIBRARIES)
    assert (answer.status_code, answer.mimetype) == (401, "text/html")


def _events(site: SiteUnderTest) -> list[tuple[str, str, str, str]]:
    page = site.container.stores.audit_log().page(20)
    return [(one.actor.door.value, one.actor.name, one.action, one.target) for one in page.rows]


def test_signing_in_and_out_is_recorded(owner: Dashboard) -> None:
    owner.try_to_sign_in("typed-by-mistake", "wrong")
    owner.sign_out()
    assert _events(owner.site) == [
        ("session", USERNAME, "sign_out", "session"),
        ("session", "", "sign_in_refused", "session"),
        ("session", USERNAME, "sign_in", "session"),
    ]


def test_actions_behind_the_door_are_recorded_with_the_name(owner: Dashboard) -> None:
    owner.ask("PUT", LIBRARIES, json=SHARED)
    assert _events(owner.site)[0] == ("session", USERNAME, "libraries_changed", "libraries")


def test_the_page_is_public(dashboard: Dashboard) -> None:
    answer = dashboard.site.page("/dashboard")
    assert (answer.status_code, answer.mimetype) == (200, "text/html")
    assert USERNAME not in answer.text
    again = dashboard.site.ask(
        "GET", "/dashboard", headers=PAGE | {"If-None-Match": answer.headers["ETag"]}
    )
    assert again.status_code == 304
    assert dashboard.site.ask("HEAD", "/dashboard", headers=PAGE).status_code == 200


def test_the_page_needs_neither_an_administrator_nor_libraries(make_site: MakeSite) -> None:
    site = make_site(ADMIN_USERNAME=None, ADMIN_PASSWORD_HASH=None, PLEX_LIBRARIES=None)
    assert site.page("/dashboard").status_code == 200


def test_without_settings_the_page_is_the_setup_page(make_site: MakeSite) -> None:
    answer = make_site(PLEX_TOKEN=None).page("/dashboard")
    assert answer.status_code == 503
    assert "<code>PLEX_TOKEN</code>" in answer.text
