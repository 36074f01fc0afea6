"""Every endpoint in the contract's table: status, shape, HEAD."""

from __future__ import annotations

import uuid
from datetime import datetime
from urllib.parse import quote

import pytest

from helpr_core import __version__
from tests.web.conftest import INVITE_CODE, MakeSite
from tests.web.site_under_test import PAGE, SiteUnderTest, problem

UNKNOWN = "0f8fad5b-d9cb-469f-a165-70867728950e"
HTML = "text/html; charset=utf-8"


def test_the_form_is_a_page_whatever_the_accept_header(site: SiteUnderTest) -> None:
    answer = site.get("/")
    assert (answer.status_code, answer.content_type) == (200, HTML)
    assert 'action="/api/invites"' in answer.text
    assert "Demo Plex" in answer.text


def test_the_form_names_the_shared_libraries_and_no_others(site: SiteUnderTest) -> None:
    text = site.page("/").text
    assert "Movies" in text
    assert "TV Shows" in text
    assert "Kids" not in text


def test_the_form_says_when_nothing_is_really_sent(site: SiteUnderTest) -> None:
    assert "Nothing is really sent" in site.page("/").text


def test_the_join_link_fills_in_the_code(make_site: MakeSite) -> None:
    answer = make_site(INVITE_CODE=INVITE_CODE).page(f"/join/{INVITE_CODE}")
    assert answer.status_code == 200
    assert f'value="{INVITE_CODE}"' in answer.text


def test_an_unknown_join_link_is_not_found(site: SiteUnderTest) -> None:
    answer = site.page("/join/whatever")
    assert answer.status_code == 404
    assert 'value="whatever"' not in answer.text


def test_the_code_in_a_join_link_is_escaped(make_site: MakeSite) -> None:
    code = '"><script>alert(1)</script>'
    site = make_site(INVITE_CODE=code)
    for path, status in ((quote(code, safe=""), 200), (quote(f"{code}x", safe=""), 404)):
        page = site.page(f"/join/{path}")
        assert page.status_code == status
        assert "<script>alert" not in page.text
    assert "&#34;&gt;&lt;script&gt;" in site.page(f"/join/{quote(code, safe='')}").text


def test_the_result_page_shows_the_state_of_a_request(site: SiteUnderTest) -> None:
    answer = site.page(site.invite("friend").headers["Location"])
    assert (answer.status_code, answer.content_type) == (200, HTML)
    assert "The invitation to friend has been sent" in answer.text
    assert answer.headers["Cache-Control"] == "private, no-cache"


def test_the_result_page_shows_that_a_request_is_kept(site: SiteUnderTest) -> None:
    site.plex.fail("status", status=503, times=0)
    answer = site.page(site.invite("friend").headers["Location"])
    assert "We’re keeping your request" in answer.text


def test_the_site_endpoint_returns_its_public_details(site: SiteUnderTest) -> None:
    answer = site.get("/api/site")
    assert (answer.status_code, answer.mimetype) == (200, "application/json")
    assert answer.get_json() == {
        "title": "demo-owner invites you to their Plex",
        "server_name": "Demo Plex",
        "code_required": False,
        "approval_required": False,
        "paused": False,
        "standing": "open",
        "libraries": [
            {"title": "Movies", "type": "movie"},
            {"title": "TV Shows", "type": "show"},
        ],
    }


def test_the_site_endpoint_says_that_a_code_is_needed_but_not_which(make_site: MakeSite) -> None:
    answer = make_site(INVITE_CODE=INVITE_CODE).get("/api/site")
    assert answer.get_json()["code_required"] is True
    assert INVITE_CODE not in answer.text


def test_the_site_endpoint_answers_while_plex_does_not(site: SiteUnderTest) -> None:
    site.plex.fail("status", status=503, times=0)
    answer = site.get("/api/site")
    assert answer.status_code == 200
    assert [one["title"] for one in answer.get_json()["libraries"]] == ["Movies", "TV Shows"]


def test_the_state_of_a_request_can_be_read(site: SiteUnderTest) -> None:
    request_id = site.invite("friend").get_json()["request_id"]
    answer = site.get(f"/api/invites/{request_id}")
    body = answer.get_json()
    assert (answer.status_code, answer.mimetype) == (200, "application/json")
    assert sorted(body) == ["accepted", "message", "request_id", "status", "updated_at"]
    assert (body["request_id"], body["status"]) == (request_id, "success")
    assert body["accepted"] is False
    assert datetime.fromisoformat(body["updated_at"]).utcoffset() is not None


@pytest.mark.parametrize("request_id", [UNKNOWN, "nonsense", "1", "%C3%BC", "a" * 500])
@pytest.mark.parametrize("path", ["/api/invites", "/invited"])
def test_an_unknown_request_is_not_found(site: SiteUnderTest, path: str, request_id: str) -> None:
    problem(site.get(f"{path}/{request_id}"), 404, "not_found")


def test_an_unknown_request_is_a_page_in_a_browser(site: SiteUnderTest) -> None:
    answer = site.page(f"/invited/{UNKNOWN}")
    assert (answer.status_code, answer.content_type) == (404, HTML)
    assert 'href="/"' in answer.text


def test_health_needs_nothing_else(make_site: MakeSite) -> None:
    site = make_site(DATABASE_PATH="/nowhere/at/all/helpr.db")
    answer = site.get("/healthz")
    assert answer.status_code == 200
    assert answer.get_json() == {"status": "ok", "version": __version__}
    assert site.plex.calls == []


@pytest.mark.parametrize(
    "path", ["/", f"/join/{INVITE_CODE}", "/healthz", "/static/icon.svg", "RESULT"]
)
def test_head_has_the_headers_of_get_and_no_body(make_site: MakeSite, path: str) -> None:
    site = make_site(INVITE_CODE=INVITE_CODE)
    if path == "RESULT":
        path = site.invite("friend", invite_code=INVITE_CODE).headers["Location"]
    get = site.ask("GET", path, headers=PAGE | site.browser())
    head = site.ask("HEAD", path, headers=PAGE | site.browser())
    assert (head.status_code, head.get_data()) == (200, b"")
    assert dict(head.headers) == dict(get.headers)


@pytest.mark.parametrize(
    ("method", "path"),
    [("POST", "/"), ("GET", "/api/invites"), ("DELETE", "/healthz"), ("PUT", "/api/invites")],
)
def test_another_method_is_not_found_as_on_azure(
    site: SiteUnderTest, method: str, path: str
) -> None:
    assert site.ask(method, path).status_code == 404


@pytest.mark.parametrize(
    "path",
    [
        "/static/",
        "/static/nowhere.css",
        "/static/../function_app.py",
        "/static/..%2f..%2ffunction_app.py",
        "/static/%2e%2e/function_app.py",
        "/static//etc/passwd",
        "/static/form",
        "/static/built/origin.json",
        "/static/ICON.svg/",
        "/static/css\\helpr.css",
    ],
)
def test_only_the_listed_files_are_served(site: SiteUnderTest, path: str) -> None:
    answer = site.get(path)
    assert answer.status_code == 404
    assert "import" not in answer.text


def test_two_invites_have_different_ids(site: SiteUnderTest) -> None:
    ids = {site.invite(name).get_json()["request_id"] for name in ("one", "two")}
    assert len(ids) == 2
    assert all(uuid.UUID(one).version == 4 for one in ids)
