"""Missing or wrong settings are named, but never shown, and never cause a stack trace."""

from __future__ import annotations

import pytest
from werkzeug.test import TestResponse

from helpr_core.texts import text
from tests.web.conftest import MakeSite
from tests.web.dashboard import ADMINISTRATOR
from tests.web.site_under_test import SiteUnderTest, fields_of, problem

REQUIRED = ("PLEX_TOKEN", "PLEX_SERVER_NAME", "SECRET_KEY")
WRONG = {
    "SECRET_KEY": "too-short-a-secret",
    "PLEX_API_URL": "ftp://a-wrong-address",
    "HELPR_RATE_INVITES": "a-wrong-rate",
    "HELPR_RATE_DEFAULT": "5 per fortnight of a-wrong-rate",
    "HELPR_TRUSTED_PROXY_HOPS": "a-wrong-number",
    "DATABASE_URL": "mysql://a-wrong-user:a-wrong-password@db/helpr",
    "PGPORT": "a-wrong-port",
    "HELPR_TABLES_ENDPOINT": "a-wrong-endpoint",
    "HELPR_PUBLIC_URL": "a-wrong-url",
}


def _is_setup_page(answer: TestResponse, *names: str) -> bool:
    assert "Traceback" not in answer.text
    assert all(f"<code>{name}</code>" in answer.text for name in names), answer.text
    return answer.status_code == 503 and answer.mimetype == "text/html"


@pytest.mark.parametrize("name", REQUIRED)
def test_the_form_is_replaced_by_the_setup_page_naming_what_is_missing(
    make_site: MakeSite, name: str
) -> None:
    answer = make_site(**{name: None}).page("/")
    assert _is_setup_page(answer, name)
    assert all(other not in answer.text for other in REQUIRED if other != name)


def test_everything_missing_is_named_at_once(make_site: MakeSite) -> None:
    site = make_site(**dict.fromkeys(REQUIRED))
    assert _is_setup_page(site.page("/"), *REQUIRED)
    document = problem(site.get("/api/site"), 503, "setup_required")
    assert sorted(fields_of(document)) == sorted(REQUIRED)


@pytest.mark.parametrize("text", ["", "   ", "<unset>"])
def test_an_empty_setting_is_a_missing_one(make_site: MakeSite, text: str) -> None:
    assert _is_setup_page(make_site(PLEX_TOKEN=text).page("/"), "PLEX_TOKEN")


@pytest.mark.parametrize(("name", "text"), WRONG.items(), ids=WRONG)
def test_a_wrong_setting_is_named_but_its_value_is_not(
    make_site: MakeSite, name: str, text: str, caplog: pytest.LogCaptureFixture
) -> None:
    site = make_site(**{name: text})
    page, answer = site.page("/"), site.invite("friend")
    assert _is_setup_page(page, name)
    document = problem(answer, 503, "setup_required")
    assert fields_of(document) == [name]
    for shown in (page.text, answer.text, *caplog.messages):
        assert "wrong-" not in shown
        assert text not in shown


def test_a_half_configured_administrator_is_named(make_site: MakeSite) -> None:
    assert _is_setup_page(make_site(ADMIN_USERNAME="owner").page("/"), "ADMIN_PASSWORD_HASH")


def test_an_unresolved_key_vault_reference_is_named(make_site: MakeSite) -> None:
    reference = "@Microsoft.KeyVault(SecretUri=https://vault.example.net/secrets/x)"
    answer = make_site(PLEX_TOKEN=reference).page("/")
    assert _is_setup_page(answer, "PLEX_TOKEN")
    assert "vault.example.net" not in answer.text


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/api/site"),
        ("POST", "/api/invites"),
        ("GET", "/api/invites/x"),
        ("GET", "/invited/x"),
        ("GET", "/join/x"),
    ],
)
def test_programs_are_told_that_setup_is_required(
    make_site: MakeSite, method: str, path: str
) -> None:
    problem(make_site(PLEX_TOKEN=None).ask(method, path), 503, "setup_required")


@pytest.mark.parametrize("path", ["/join/x", "/invited/x"])
def test_the_other_pages_are_the_setup_page_too(make_site: MakeSite, path: str) -> None:
    assert _is_setup_page(make_site(PLEX_TOKEN=None).page(path), "PLEX_TOKEN")


@pytest.mark.parametrize("path", ["/healthz", "/static/icon.svg", "/static/helpr.css"])
def test_health_and_files_need_no_settings(make_site: MakeSite, path: str) -> None:
    assert make_site(**dict.fromkeys(REQUIRED)).get(path).status_code == 200


def test_the_key_door_stays_closed_without_settings(make_site: MakeSite) -> None:
    site = make_site(SECRET_KEY=None)
    assert site.get("/api/manage/libraries").status_code == 401
    for key in ("", "x", "None"):
        answer = site.ask("GET", "/api/manage/libraries", headers={"x-functions-key": key})
        assert answer.status_code == 401


@pytest.fixture
def undecided(make_site: MakeSite) -> SiteUnderTest:
    """A site whose owner has not chosen the shared libraries."""
    return make_site(PLEX_LIBRARIES=None)


def test_without_chosen_libraries_the_form_is_the_setup_page(undecided: SiteUnderTest) -> None:
    assert _is_setup_page(undecided.page("/"), "PLEX_LIBRARIES")


def test_without_chosen_libraries_nothing_is_sent(undecided: SiteUnderTest) -> None:
    document = problem(undecided.invite("friend"), 503, "setup_required")
    assert fields_of(document) == ["PLEX_LIBRARIES"]
    assert undecided.plex.calls == []
    assert undecided.rows() == []


def test_a_form_sent_without_chosen_libraries_gets_the_setup_page(undecided: SiteUnderTest) -> None:
    assert _is_setup_page(undecided.fill_in("friend"), "PLEX_LIBRARIES")


def test_an_unknown_library_is_named_with_the_existing_ones(make_site: MakeSite) -> None:
    answer = make_site(PLEX_LIBRARIES="Moovies").page("/")
    assert _is_setup_page(answer, "PLEX_LIBRARIES")
    assert "“Moovies” is not a library of the server" in answer.text
    assert "“Movies”, “TV Shows”, “Music” and “Kids”" in answer.text


def test_an_unknown_server_is_named_with_the_existing_ones(make_site: MakeSite) -> None:
    site = make_site(PLEX_SERVER_NAME="Home Cinema")
    site.plex.change(other_servers={"ab" * 20: "Cabin"})
    answer = site.page("/")
    assert _is_setup_page(answer, "PLEX_SERVER_NAME")
    assert "“Demo Plex” and “Cabin”" in answer.text
    assert "Somebody" not in answer.text  # another's server, shared with the owner
    assert "ab" * 20 not in answer.text
    asked = len(site.plex.calls)
    assert _is_setup_page(site.page("/"), "PLEX_SERVER_NAME")
    assert len(site.plex.calls) == asked


def test_the_servers_are_listed_with_the_name_that_was_typed(make_site: MakeSite) -> None:
    site = make_site(PLEX_SERVER_NAME="Livingroom")
    site.plex.change(other_servers={"ab" * 20: "Living Room", "cd" * 20: "Attic"})
    page = site.page("/").text
    assert "is “Livingroom”, but no server of this Plex account has that name." in page
    assert "It owns “Demo Plex”, “Living Room” and “Attic”" in page
    assert "Did you mean “Living Room”?" in page


@pytest.mark.parametrize("typed", ["tok3n" * 4, "my token is tok3n-tok3n-tok3n"])
def test_a_token_in_place_of_the_name_is_not_shown(make_site: MakeSite, typed: str) -> None:
    page = make_site(PLEX_SERVER_NAME=typed).page("/").text
    assert "“Demo Plex”" in page
    assert "tok3n" not in page


def test_if_libraries_are_to_be_chosen_the_dashboard_comes_first(make_site: MakeSite) -> None:
    page = make_site(PLEX_LIBRARIES=None, **ADMINISTRATOR).page("/").text
    assert page.index('href="/dashboard#/libraries"') < page.index("local.settings.json")
    assert page.index("on the dashboard") < page.index("name them in this setting")
    assert "ADMIN_" not in page


@pytest.mark.parametrize(
    "given",
    [{"PLEX_LIBRARIES": None}, {"PLEX_TOKEN": None}, dict.fromkeys(REQUIRED)],
)
def test_without_an_administrator_the_page_names_both_settings(
    make_site: MakeSite, given: dict[str, str | None]
) -> None:
    page = make_site(**given).page("/").text
    assert "ADMIN_USERNAME and ADMIN_PASSWORD_HASH are missing, too" in page
    assert 'href="/dashboard#/libraries"' not in page


def test_the_dashboard_cannot_fix_a_wrong_setting(make_site: MakeSite) -> None:
    page = make_site(PLEX_TOKEN=None, **ADMINISTRATOR).page("/").text
    assert 'href="/dashboard#/libraries"' not in page
    assert "ADMIN_" not in page


def test_two_servers_with_one_name_are_distinguished_on_the_setup_page(make_site: MakeSite) -> None:
    site = make_site()
    site.plex.change(other_servers={"ab" * 20: "Demo Plex"})
    answer = site.page("/")
    assert _is_setup_page(answer, "PLEX_SERVER_NAME")
    assert "several servers" in answer.text
    assert "machine identifier" in answer.text


@pytest.mark.parametrize("wrong", [{"PLEX_LIBRARIES": "Moovies"}, {"PLEX_SERVER_NAME": "Hom"}])
def test_a_request_is_recorded_first_whatever_setting_is_wrong(
    make_site: MakeSite, wrong: dict[str, str]
) -> None:
    site = make_site(**wrong)
    answer = site.invite("friend")
    assert (answer.status_code, answer.get_json()["status"]) == (202, "queued")
    assert "owner" in answer.get_json()["message"]
    assert answer.get_json()["message"] == text("friend.owner_first.sentence")
    assert [row["status"] for row in site.rows()] == ["queued"]
    body = site.owner("GET", "overview").get_json()
    assert body["status"] == "error"


def test_choosing_libraries_opens_the_site(undecided: SiteUnderTest) -> None:
    assert undecided.manage("PUT", json={"shared": [118181361]}).status_code == 200
    assert undecided.page("/").status_code == 200
    assert undecided.invite("friend").status_code == 201
