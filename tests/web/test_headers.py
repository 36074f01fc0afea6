"""Security headers on every answer; ETag, 304, gzip and Vary on cacheable ones."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest
from werkzeug.test import TestResponse

from helpr_core.container.site import SiteParts
from helpr_core.web.responses import POLICY, SECURITY_HEADERS
from tests.web.conftest import MakeSite
from tests.web.site_under_test import JSON, PAGE, SiteUnderTest

PROJECT = Path(__file__).resolve().parents[2]
ICON = "/static/icon.svg"
ANSWERS = {
    "form": 200,
    "form not modified": 304,
    "join": 404,  # for a code that belongs to no link
    "site": 200,
    "health": 200,
    "health, HEAD": 200,
    "openapi": 200,
    "static": 200,
    "static not modified": 304,
    "static unknown": 404,
    "result": 200,
    "unknown, page": 404,
    "unknown, problem": 404,
    "invite": 201,
    "invite queued": 202,
    "redirect": 303,
    "bad form": 400,
    "bad JSON": 400,
    "wrong type": 415,
    "too large": 413,
    "libraries": 200,
    "limited": 429,
    "setup, page": 503,
    "setup, problem": 503,
    "broken, page": 500,
    "broken, problem": 500,
}


def _answer(name: str, make_site: MakeSite, patch: pytest.MonkeyPatch, scheme: str) -> TestResponse:
    """That answer, from a site in the state that produces it."""
    rate = "1/hour" if name == "limited" else "100/minute"
    token = None if name.startswith("setup") else "demo-token"
    site = make_site(PLEX_TOKEN=token, HELPR_RATE_INVITES=rate)
    at: dict[str, Any] = {"base_url": f"{scheme}://helpr.example.net"}
    if name.startswith("broken"):
        patch.setattr(SiteParts, "summary", lambda _self: 1 / 0)
    if name == "invite queued":
        site.plex.fail("status", status=503, times=0)
    if name == "limited":
        site.invite("first", **at)
    kind = {"page": PAGE}.get(name.partition(", ")[2], {})
    post = {"method": "POST", "path": "/api/invites", **at}
    requests = {
        "form not modified": lambda: _again(site, "/", at),
        "static not modified": lambda: _again(site, ICON, at),
        "join": lambda: site.page("/join/code", **at),
        "site": lambda: site.get("/api/site", **at),
        "health": lambda: site.get("/healthz", **at),
        "health, HEAD": lambda: site.ask("HEAD", "/healthz", **at),
        "openapi": lambda: site.get("/api/openapi.json", **at),
        "static": lambda: site.get(ICON, **at),
        "static unknown": lambda: site.get("/static/none.css", **at),
        "result": lambda: site.page(site.invite("friend").headers["Location"], **at),
        "redirect": lambda: site.fill_in("friend", **at),
        "bad form": lambda: site.fill_in("", **at),
        "bad JSON": lambda: site.ask(**post, data=b"{", content_type=JSON),
        "wrong type": lambda: site.ask(**post, data=b"x", content_type="text/plain"),
        "too large": lambda: site.invite("x" * 17_000, **at),
        "libraries": lambda: site.manage(**at),
        "form": lambda: site.page("/", **at),
    }
    if name.startswith("unknown"):
        return site.ask("GET", "/invited/none", headers=kind, **at)
    if name.startswith(("setup", "broken")):
        return site.ask("GET", "/" if kind else "/api/site", headers=kind, **at)
    if name.startswith(("invite", "limited")):
        return site.invite("friend", **at)
    return requests[name]()


def _again(site: SiteUnderTest, path: str, at: dict[str, Any]) -> TestResponse:
    etag = site.get(path, **at).headers["ETag"]
    return site.ask("GET", path, headers={"If-None-Match": etag}, **at)


@pytest.mark.parametrize("name", ANSWERS)
def test_every_answer_has_the_security_headers(
    make_site: MakeSite, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    answer = _answer(name, make_site, monkeypatch, "http")
    assert answer.status_code == ANSWERS[name]
    given = {header: answer.headers.get(header) for header in SECURITY_HEADERS}
    if name in ("form", "bad form", "form not modified"):
        # Only the page with "Sign in with Plex": its script asks Plex for a PIN.
        own, _, plex = str(given.pop(POLICY)).partition("; connect-src ")
        assert (own, plex.split()[0]) == (SECURITY_HEADERS[POLICY], "'self'")
    assert given.items() <= SECURITY_HEADERS.items()
    assert len(given) >= len(SECURITY_HEADERS) - 1
    assert "Strict-Transport-Security" not in answer.headers
    assert answer.headers["Cache-Control"]


@pytest.mark.parametrize("name", ANSWERS)
def test_every_answer_over_https_has_hsts(
    make_site: MakeSite, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    answer = _answer(name, make_site, monkeypatch, "https")
    assert answer.headers["Strict-Transport-Security"] == "max-age=31536000"


def test_the_policy_allows_nothing_inline_and_no_frame() -> None:
    policy = SECURITY_HEADERS["Content-Security-Policy"]
    assert "unsafe" not in policy
    for rule in (
        "default-src 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
        "form-action 'self'",
    ):
        assert rule in policy.split("; ")


def test_headers_added_by_the_host_say_the_same(site: SiteUnderTest) -> None:
    http = json.loads((PROJECT / "host.json").read_text("utf-8"))["extensions"]["http"]
    configured = http["customHeaders"]
    answer = site.get("/nowhere")
    assert answer.status_code == 404
    assert {name: answer.headers[name] for name in configured} == configured
    assert configured.items() <= SECURITY_HEADERS.items()


@pytest.mark.parametrize(
    "name",
    [
        *("site", "health", "invite", "invite queued", "libraries", "limited", "redirect", "join"),
        *("bad form", "bad JSON", "unknown, page", "unknown, problem", "setup, page"),
        "broken, page",
    ],
)
def test_volatile_answers_are_not_cached(
    make_site: MakeSite, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    answer = _answer(name, make_site, monkeypatch, "http")
    assert answer.headers["Cache-Control"] == "no-store"
    assert "ETag" not in answer.headers


@pytest.mark.parametrize("path", ["/", ICON, "/api/openapi.json", "/static/helpr.css"])
def test_a_matching_etag_gets_304_without_a_body(site: SiteUnderTest, path: str) -> None:
    first = site.get(path)
    etag = first.headers["ETag"]
    for given in (etag, f"W/{etag}", f'"x", W/"y", {etag}', "*"):
        again = site.ask("GET", path, headers={"If-None-Match": given})
        assert (again.status_code, again.get_data()) == (304, b"")
        for name in ("ETag", "Cache-Control", "Vary"):
            assert again.headers[name] == first.headers[name]


@pytest.mark.parametrize("given", ['"another"', "", "nonsense", '"'])
def test_another_etag_gets_the_full_answer(site: SiteUnderTest, given: str) -> None:
    answer = site.ask("GET", ICON, headers={"If-None-Match": given})
    assert answer.status_code == 200
    assert answer.get_data()


def test_a_form_with_errors_is_never_304(site: SiteUnderTest) -> None:
    etag = site.page("/").headers["ETag"]
    answer = site.ask(
        "POST",
        "/api/invites",
        headers=PAGE | {"If-None-Match": etag},
        data={"email_or_username": ""},
    )
    assert answer.status_code == 400


@pytest.mark.parametrize("path", ["/", ICON, "/api/openapi.json", "/static/helpr.css"])
def test_clients_that_accept_gzip_get_the_same_bytes_compressed(
    site: SiteUnderTest, path: str
) -> None:
    plain = site.get(path)
    packed = site.ask("GET", path, headers={"Accept-Encoding": "br, gzip;q=0.8"})
    assert "Content-Encoding" not in plain.headers
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.get_data()) == plain.get_data()
    assert "Accept-Encoding" in plain.headers["Vary"]
    assert packed.headers["Vary"] == plain.headers["Vary"]


@pytest.mark.parametrize("accepted", ["gzip;q=0", "identity, gzip; q=0.000", "br", "xgzip"])
def test_clients_that_do_not_accept_gzip_get_it_uncompressed(
    site: SiteUnderTest, accepted: str
) -> None:
    answer = site.ask("GET", ICON, headers={"Accept-Encoding": accepted})
    assert "Content-Encoding" not in answer.headers
    assert answer.get_data().startswith(b"<svg")


def test_a_file_with_a_content_hash_is_cached_for_ever(site: SiteUnderTest) -> None:
    version = site.get(ICON).headers["ETag"][1:13]
    kept = site.get(f"{ICON}?v={version}")
    assert kept.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert site.get(f"{ICON}?v=older").headers["Cache-Control"] == "no-cache"
    assert site.get(ICON).headers["Cache-Control"] == "no-cache"


def test_the_stylesheet_exists_under_the_name_in_the_page(
    site: SiteUnderTest,
) -> None:
    page = site.page("/").text
    address = page.partition('rel="stylesheet" href="')[2].partition('"')[0]
    answer = site.get(address)
    assert (answer.status_code, answer.mimetype) == (200, "text/css")
    assert "immutable" in answer.headers["Cache-Control"]
