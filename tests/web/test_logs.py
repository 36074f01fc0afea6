"""What a day of requests leaves in the log: enough to find a cause, and no secret."""

from __future__ import annotations

import pytest

from helpr_core.container.requests import RequestParts
from helpr_core.services.plex.breaker import KEY
from helpr_core.services.ports import PLEX
from tests.web.conftest import INVITE_CODE, MakeSite
from tests.web.site_under_test import PAGE, SECRET_KEY, SiteUnderTest

TYPED = (
    "friend@example.com",
    "second.friend",
    "nobody-there",
    "kept@example.org",
    "two@@example.com",
)


def _everything(site: SiteUnderTest) -> None:
    for name in TYPED:
        site.invite(name, invite_code=INVITE_CODE)
        site.fill_in(name, INVITE_CODE)
        site.fill_in(name, f"{INVITE_CODE}-wrong")
    site.page(site.invite("result", invite_code=INVITE_CODE).headers["Location"])
    for path in ("/", f"/join/{INVITE_CODE}", "/api/site", "/api/openapi.json", "/nowhere"):
        site.page(path)
        site.get(f"{path}?code={INVITE_CODE}")
    site.manage()
    site.manage(query="?refresh=1")
    site.manage("PUT", json={"shared": [118181363]})
    site.get(f"/api/manage/libraries?code={site.container.installation.function_keys()[0]}")
    site.ask("GET", "/api/manage/libraries", headers={"x-functions-key": "a-guess-at-it"})


def _trouble_at_plex(site: SiteUnderTest) -> None:
    for kind in ("drop", "drop_after", "malformed", "raw", "invalid_token", "redirect"):
        site.plex.fail(kind, times=0)
        site.invite(f"{kind}@example.com", invite_code=INVITE_CODE)
        site.manage(query="?refresh=1")
        _forgive(site)
    for status in (400, 401, 404, 422, 429, 500, 503, 522):
        site.plex.fail("status", status=status, times=0)
        site.invite(f"status-{status}@example.com", invite_code=INVITE_CODE)
        _forgive(site)


def _forgive(site: SiteUnderTest) -> None:
    """plex.tv is back to normal, and the worker knows, so that it meets the next fault too."""
    site.plex.clear_faults()
    site.container.stores.state().delete(PLEX, KEY)
    site.container.plex.breaker().read()


def test_no_secret_and_no_typed_name_is_in_any_line_of_any_logger(
    make_site: MakeSite, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = make_site(INVITE_CODE=INVITE_CODE)
    _everything(site)
    _trouble_at_plex(site)
    key = site.container.installation.function_keys()[0]
    monkeypatch.setattr(RequestParts, "submit", lambda _self: 1 / 0)
    site.invite("broken@example.com", invite_code=INVITE_CODE)
    lines = [f"{one.getMessage()} {one.exc_text or ''}" for one in caplog.records]
    hidden = (
        *TYPED, site.plex.token, INVITE_CODE, SECRET_KEY, key, "example.com", "a-guess-at-it"
    )  # fmt: skip
    assert {one.name.partition(".")[0] for one in caplog.records} >= {"helpr_core", "urllib3"}
    assert len(lines) > 100
    assert [line for line in lines if any(text in line for text in hidden)] == []


def test_each_answer_is_one_line_that_says_what_and_how_long(
    site: SiteUnderTest, caplog: pytest.LogCaptureFixture
) -> None:
    site.get("/healthz")
    site.ask("GET", "/invited/none", headers=PAGE)
    lines = [one for one in caplog.messages if one.startswith("answered ")]
    assert [line.split()[1:3] for line in lines] == [
        ["function=healthz", "status=200"],
        ["function=invited", "status=404"],
    ]
    assert all(" ms=" in line and " reference=" in line for line in lines)
