"""The owner sets Helpr up in the browser, from an empty database to the first invite."""

from __future__ import annotations

import logging
import re
from typing import Any

import pytest
from werkzeug.test import TestResponse

from demo_plex import DemoPlex
from helpr_core import container
from helpr_core.container import Container
from helpr_core.texts import text
from tests.web.conftest import MakeSite
from tests.web.site_under_test import PAGE, SiteUnderTest

OURS = {"Origin": "http://localhost"}
EMPTY = {"PLEX_TOKEN": None, "PLEX_SERVER_NAME": None, "PLEX_LIBRARIES": None}


@pytest.fixture
def bare(make_site: MakeSite) -> SiteUnderTest:
    """A worker that knows nothing about Plex."""
    return make_site(**EMPTY)


def show(site: SiteUnderTest) -> TestResponse:
    return site.ask("GET", site.container.installation.set_up_path(), headers=PAGE)


def send(site: SiteUnderTest, step: str, version: int | None = None, **fields: Any) -> TestResponse:
    path = site.container.installation.set_up_path()
    at = version_of(site) if version is None else version
    data = {"step": step, "version": str(at), **fields}
    return site.ask("POST", path, headers=PAGE | OURS, data=data)


def version_of(site: SiteUnderTest) -> int:
    return site.container.set_up().stored().saved().version


def sign_in(site: SiteUnderTest, name: str = "demo-owner") -> TestResponse:
    page = send(site, "sign_in")
    (address,) = re.findall(r'id="to-plex" href="([^"]+)"', page.text)
    code = re.search(r"code=(\w+)", address)
    assert code is not None
    assert "forwardUrl=http%3A%2F%2Flocalhost%2Fsetup%2F" in address
    assert site.plex.sign_in(code[1], name)
    return show(site)


def finish(site: SiteUnderTest) -> TestResponse:
    sign_in(site)
    send(site, "server", server=site.plex.machine_identifier)
    movies = str(site.plex.libraries[0].id)
    send(site, "libraries", libraries=[movies])
    return send(site, "password", username="otto", password="a long password")


def at(answer: TestResponse, step: str) -> bool:
    return text(f"set_up.{step}.heading") in answer.text


def test_from_an_empty_database_to_the_first_invite(bare: SiteUnderTest) -> None:
    assert bare.page("/").status_code == 503
    assert at(show(bare), "sign_in")
    assert at(sign_in(bare), "server")
    assert send(bare, "server", server=bare.plex.machine_identifier).status_code == 303
    page = show(bare)
    assert at(page, "libraries")
    assert "Movies" in page.text
    movies = str(bare.plex.libraries[0].id)
    send(bare, "libraries", libraries=[movies])
    assert at(show(bare), "password")
    done = send(bare, "password", username="otto", password="a long password")
    assert at(done, "done")
    assert text("set_up.kept").split(",")[0] in done.text
    assert bare.page("/").status_code == 200
    assert bare.invite("alice").status_code == 201
    share = bare.plex.share_of("alice")
    assert share is not None
    assert share.library_ids == (int(movies),)
    credentials = {"username": "otto", "password": "a long password"}
    signed_in = bare.ask("POST", "/dashboard/session", json=credentials, headers=OURS)
    assert signed_in.status_code == 200


def test_the_address_works_once(bare: SiteUnderTest) -> None:
    finish(bare)
    assert show(bare).status_code == 404
    assert send(bare, "sign_in").status_code == 404


def test_a_wrong_address_is_not_found(bare: SiteUnderTest) -> None:
    right = bare.container.installation.set_up_path()
    for path in (right[:-1], right + "x", "/setup/", "/setup/nonsense"):
        assert bare.page(path).status_code == 404
        assert bare.ask("POST", path, headers=PAGE | OURS, data={}).status_code == 404


def test_with_a_token_in_the_settings_there_is_nothing_to_set_up(
    make_site: MakeSite,
) -> None:
    bare = make_site(**EMPTY)
    finish(bare)
    named = make_site(PLEX_TOKEN="another-token")
    assert named.container.installation.settings().plex_token.get_secret_value() == "another-token"
    assert show(named).status_code == 404


def test_it_is_resumed_after_a_restart_and_on_another_worker(make_site: MakeSite) -> None:
    first = make_site(**EMPTY)
    sign_in(first)
    send(first, "server", server=first.plex.machine_identifier)
    second = make_site(**EMPTY)
    assert at(show(second), "libraries")
    send(second, "libraries", libraries=[str(first.plex.libraries[0].id)])
    send(second, "password", username="otto", password="a long password")
    third = make_site(**EMPTY)
    assert third.invite("alice").status_code == 201


@pytest.mark.parametrize("step", ["look", "go on"])
def test_a_sign_in_that_plex_has_ended_since_is_made_again(bare: SiteUnderTest, step: str) -> None:
    sign_in(bare)
    bare.plex.fail("invalid_token", path_prefix="/api/v2/resources", times=0)
    machine = bare.plex.machine_identifier
    answer = show(bare) if step == "look" else send(bare, "server", server=machine)
    assert at(answer, "sign_in")
    assert text("set_up.pin_over") in answer.text
    assert text("set_up.plex_down") not in answer.text
    bare.plex.clear_faults()
    assert at(sign_in(bare), "server")


def test_two_tabs_that_come_back_at_once_both_go_on(
    bare: SiteUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = send(bare, "sign_in")
    code = re.search(r"code=(\w+)", page.text)
    assert code is not None
    bare.plex.sign_in(code[1], "demo-owner")
    door = bare.container.set_up()._door()
    token, tabs = door.token, [1]

    def slower(*given: Any) -> str:
        found = token(*given)
        if tabs:
            tabs.pop()
            assert at(show(bare), "server")  # the other one is back in between
        return found

    monkeypatch.setattr(door, "token", slower)
    answer = show(bare)
    assert answer.status_code == 200
    assert at(answer, "server")


def test_of_two_browsers_only_one_can_take_a_step(bare: SiteUnderTest) -> None:
    sign_in(bare)
    seen = version_of(bare)
    send(bare, "server", seen, server=bare.plex.machine_identifier)
    late = send(bare, "server", seen, server=bare.plex.machine_identifier)
    assert late.status_code == 409
    assert text("set_up.changed") in late.text
    assert at(late, "libraries")


def test_the_owner_can_go_one_step_back(bare: SiteUnderTest) -> None:
    sign_in(bare)
    send(bare, "server", server=bare.plex.machine_identifier)
    send(bare, "back")
    assert at(show(bare), "server")
    send(bare, "back")
    assert at(show(bare), "sign_in")


@pytest.mark.parametrize(
    ("step", "fields", "said"),
    [
        ("server", {"server": "f0e1" * 10}, "choose_server"),
        ("server", {}, "choose_server"),
        ("libraries", {}, "choose_libraries"),
        ("libraries", {"libraries": ["1"]}, "choose_libraries"),
        ("password", {"username": "", "password": "a long password"}, "choose_name"),
        ("password", {"username": "otto", "password": "short"}, "choose_password"),
    ],
)
def test_invalid_input_is_explained_and_nothing_is_stored(
    bare: SiteUnderTest, step: str, fields: dict[str, Any], said: str
) -> None:
    sign_in(bare)
    if step != "server":
        send(bare, "server", server=bare.plex.machine_identifier)
    if step == "password":
        send(bare, "libraries", libraries=[str(bare.plex.libraries[0].id)])
    before = version_of(bare)
    answer = send(bare, step, **fields)
    assert answer.status_code == 400
    assert answer.text.count(text(f"set_up.{said}", count=8).split(":")[0]) == 1  # at its field
    assert len(re.findall("<input[^>]* autofocus", answer.text)) == 1
    assert version_of(bare) == before
    if fields.get("username"):
        assert 'value="otto"' in answer.text  # as typed


def test_an_account_without_a_server_can_be_changed(bare: SiteUnderTest) -> None:
    bare.plex.change(listed=False)
    page = sign_in(bare)
    assert text("set_up.server.none") in page.text
    assert text("set_up.server.button") not in page.text  # it could only fail
    send(bare, "back")
    assert at(show(bare), "sign_in")


def test_an_outage_of_plex_loses_nothing(bare: SiteUnderTest) -> None:
    sign_in(bare)
    bare.plex.fail("status", path_prefix="/api/v2/resources", status=503)
    answer = show(bare)
    assert answer.status_code == 503
    assert text("set_up.plex_down") in answer.text
    assert at(answer, "server")
    assert 'value="sign_in"' not in answer.text  # which would begin anew
    assert at(show(bare), "server")


def test_a_sign_in_that_was_cancelled_is_reported(bare: SiteUnderTest) -> None:
    assert text("set_up.waits") not in show(bare).text
    send(bare, "sign_in")
    assert text("set_up.waits") in show(bare).text


def test_a_server_without_libraries_can_be_changed(bare: SiteUnderTest) -> None:
    sign_in(bare)
    bare.plex.change(libraries=[])
    page = send(bare, "server", server=bare.plex.machine_identifier)
    page = show(bare) if page.status_code == 303 else page
    assert text("set_up.libraries.none") in page.text
    assert text("set_up.back") in page.text


def test_an_expired_pin_is_replaced(bare: SiteUnderTest) -> None:
    send(bare, "sign_in")
    bare.plex.expire_pins()
    assert text("set_up.pin_over") in show(bare).text
    assert at(sign_in(bare), "server")


def test_the_token_is_nowhere_in_plain_text(
    bare: SiteUnderTest, caplog: pytest.LogCaptureFixture
) -> None:
    finish(bare)
    (token,) = bare.plex.tokens
    assert token.encode() not in bare.database.read_bytes()
    assert b"a long password" not in bare.database.read_bytes()
    assert token not in caplog.text
    for path in ("/", "/api/site", "/dashboard"):
        assert token not in bare.page(path).text


def test_after_a_change_of_the_secret_key_it_has_to_be_set_up_again(make_site: MakeSite) -> None:
    finish(make_site(**EMPTY))
    other = make_site(**EMPTY, SECRET_KEY="another-secret-key-9876543210-zyxwvut")
    assert other.page("/").status_code == 503
    assert at(show(other), "sign_in")
    finish(other)
    assert other.invite("alice").status_code == 201


def test_the_browsers_own_pin_is_accepted(bare: SiteUnderTest) -> None:
    page = show(bare)
    (identifier,) = re.findall(r'data-identifier="(\w+)"', page.text)
    assert f'data-pins="{bare.plex.url}/api/v2/pins"' in page.text
    assert bare.plex.url in page.headers["Content-Security-Policy"]
    pin = bare.plex.stage.plex.sign_ins.make_pin(identifier, "Helpr", strong=True, by_browser=True)
    fields = {"step": "sign_in", "version": "0", "pin_id": str(pin.id), "pin_code": pin.code}
    path = bare.container.installation.set_up_path()
    answer = bare.ask("POST", path, headers=OURS | {"Accept": "application/json"}, data=fields)
    assert answer.get_json()["alert_expected"] is False
    assert pin.code in answer.get_json()["auth_url"]
    assert bare.plex.sign_in(pin.code, "demo-owner")
    assert at(show(bare), "server")
    assert bare.plex.url not in show(bare).headers["Content-Security-Policy"]


@pytest.mark.parametrize("pin_id", ["", "x", "-1", "9" * 16])
def test_an_invalid_pin_is_replaced_by_one_made_here(bare: SiteUnderTest, pin_id: str) -> None:
    page = send(bare, "sign_in", pin_id=pin_id, pin_code="abcd")
    assert text("set_up.alert") in page.text
    assert bare.plex.count("POST", "/pins") == 1


def test_the_token_of_a_rejected_account_is_revoked(bare: SiteUnderTest) -> None:
    assert text("set_up.server.none") in sign_in(bare, "alice").text
    send(bare, "back")
    assert bare.plex.tokens == ()
    assert at(sign_in(bare), "server")


def test_a_page_of_another_site_cannot_take_a_step(bare: SiteUnderTest) -> None:
    path = bare.container.installation.set_up_path()
    headers = PAGE | {"Origin": "https://elsewhere.example.com"}
    answer = bare.ask("POST", path, headers=headers, data={"step": "sign_in", "version": "0"})
    assert answer.status_code == 403
    assert version_of(bare) == 0


def test_the_address_is_logged_while_it_is_needed(
    make_site: MakeSite, plex: DemoPlex, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    bare = make_site(**EMPTY, HELPR_PUBLIC_URL="https://helpr.example.com")
    bare.container.installation.tell_set_up_address()
    told = f"https://helpr.example.com{bare.container.installation.set_up_path()}"
    assert told in caplog.text
    show(bare)
    assert "cannot be used" not in caplog.text
    assert caplog.text.count(told) == 1
    caplog.clear()
    make_site().container.installation.tell_set_up_address()
    assert "/setup/" not in caplog.text


def test_the_first_request_logs_the_address_where_nothing_runs_before_it(
    make_site: MakeSite, caplog: pytest.LogCaptureFixture
) -> None:
    """As on a Functions host."""
    caplog.set_level(logging.WARNING)
    bare = make_site(**EMPTY)
    assert bare.page("/").status_code == 503
    bare.page("/")
    assert caplog.text.count(f"open {bare.container.installation.set_up_path()}") == 1


def test_the_address_is_the_same_for_every_worker(make_site: MakeSite) -> None:
    first, second = make_site(**EMPTY), make_site(**EMPTY)
    paths = {one.container.installation.set_up_path() for one in (first, second)}
    assert len(paths) == 1
    assert isinstance(container.current(), Container)
