"""A marker in every place where a request can hold text: no line of any logger repeats it.

Redaction is off here (tests/conftest.py): it would hide that something was logged at all.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

import pytest

from helpr_core.web.endpoints import ENDPOINTS
from tests.web.conftest import MakeDashboard
from tests.web.dashboard import Dashboard
from tests.web.site_under_test import FORM, JSON, PAGE

CANARY = "canary7q"
HEADERS = (
    "Authorization",
    "Cookie",
    "If-Match",
    "If-None-Match",
    "Referer",
    "User-Agent",
    "X-CSRF-Token",
    "X-Forwarded-For",
    "X-Functions-Key",
    "X-Plex-Token",
    "X-Request-Id",
)
FIELDS = (
    "email_or_username",
    "invite_code",
    "note",
    "username",
    "password",
    "title",
    "welcome",
    "shared",
    "libraries",
    "unknown",
)
QUERY = (
    f"code={CANARY}&cursor={CANARY}&search={CANARY}&since={CANARY}&target={CANARY}&{CANARY}=1"
    f"&status={CANARY}&token={CANARY}"
)
_PARAMETER = re.compile(r"{\*?\w+}")


@pytest.fixture
def owner(make_dashboard: MakeDashboard) -> Dashboard:
    """A site with an invite code, and the owner signed in."""
    dashboard = make_dashboard(INVITE_CODE=f"{CANARY}-the-code")
    dashboard.sign_in()
    return dashboard


def _bodies() -> Iterator[tuple[str, bytes]]:
    """Each field containing the marker, in JSON and as a form; unreadable bodies."""
    for typed in (CANARY, f"{CANARY}@example.com", f"{CANARY} with spaces", [CANARY]):
        yield JSON, json.dumps(dict.fromkeys(FIELDS, typed)).encode()
    yield JSON, json.dumps({"email_or_username": f"{CANARY}@example.com"}).encode()
    yield (
        JSON,
        json.dumps(
            {"email_or_username": f"{CANARY}", "invite_code": f"{CANARY}-the-code"}
        ).encode(),
    )
    yield JSON, b'{"%s": ' % CANARY.encode()
    yield JSON, b'{"%s": 1, "%s": 2}' % (CANARY.encode(), CANARY.encode())
    yield FORM, "&".join(f"{field}={CANARY}%40example.com" for field in FIELDS).encode()
    yield f"text/{CANARY}", CANARY.encode()


def _requests() -> Iterator[tuple[str, str]]:
    for endpoint in ENDPOINTS:
        for method in endpoint.methods:
            yield method, "/" + _PARAMETER.sub(f"{CANARY}-{{}}", endpoint.path)


def _ways(owner: Dashboard) -> Iterator[dict[str, str]]:
    """Headers with only the marker, and together with what opens each of the doors."""
    full = dict.fromkeys(HEADERS, CANARY)
    yield full
    yield full | PAGE
    yield full | {"X-Functions-Key": owner.site.container.installation.function_keys()[0]}
    session = {"Cookie": f"{CANARY}=1; helpr_session={owner.cookie}"}
    yield full | session | {"X-CSRF-Token": owner.csrf_token}


def _ask_everything(owner: Dashboard) -> set[int]:
    statuses = set()
    for method, path in _requests():
        for headers in _ways(owner):
            if "helpr_session" in headers["Cookie"] and method == "DELETE":
                continue  # the session is needed to the end
            bodies = _bodies() if method in ("POST", "PUT") else [(JSON, b"")]
            for kind, body in bodies:
                answer = owner.site.ask(
                    method,
                    f"{path.format('x')}?{QUERY}",
                    headers=headers | {"Content-Type": kind},
                    data=body,
                )
                statuses.add(answer.status_code)
    return statuses


def _written(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [
        f"{record.name}: {record.getMessage()} {record.exc_text or ''}"
        for record in caplog.get_records("call")
    ]


def test_no_text_from_a_request_is_in_any_line(
    owner: Dashboard, caplog: pytest.LogCaptureFixture
) -> None:
    statuses = {owner.site.fill_in(f"{CANARY}-by-form", f"{CANARY}-the-code").status_code}
    statuses |= _ask_everything(owner)
    assert {200, 201, 303, 400, 401, 403, 404, 415} <= statuses
    assert not statuses & {500, 503}
    lines = _written(caplog)
    assert [line for line in lines if CANARY in line.lower()] == []
    assert len([line for line in lines if "answered function=" in line]) > 250


@pytest.mark.parametrize(("trouble", "status"), [("plex", 202), ("database", 503), ("state", 500)])
def test_no_text_from_a_request_is_in_any_line_while_something_is_down(
    owner: Dashboard,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
    trouble: str,
    status: int,
) -> None:
    site = owner.site
    if trouble == "plex":
        site.plex.fail("status", status=400, times=0, body=f"No {CANARY}@example.com here".encode())
    elif trouble == "database":
        site.container.stores.database().dispose()
        site.database.unlink()
        site.database.mkdir()
    else:
        monkeypatch.setattr(type(site.container.stores.state()), "get", _broken)
        monkeypatch.setattr(type(site.container.stores.state()), "increment", _broken)
    assert status in _ask_everything(owner)
    lines = [line for line in _written(caplog) if CANARY in line.lower()]
    assert lines == []


def _broken(*_arguments: object) -> None:
    raise RuntimeError(f"{CANARY} broke it")
