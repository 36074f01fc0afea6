"""Cookies, tokens and keys: only what we issued opens a door, and nothing sent breaks it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from werkzeug.test import Client

from demo_plex import DemoPlex
from helpr_core.container import Container
from helpr_core.domain.browsers import Way
from helpr_core.errors import SignInRequired
from helpr_core.local.application import Application
from helpr_core.web.session.signed_in import COOKIE
from tests.fuzz.healthy_site import a_session, healthy_site

TOKENS = st.text() | st.from_regex(r"[0-9a-f]{0,33}\.\d{0,12}\.[\w-]{0,44}", fullmatch=True)
PRINTABLE = st.characters(min_codepoint=32, max_codepoint=126)
HEADER = st.text(PRINTABLE, max_size=300) | st.text(';=,"\\ \t.-_%A0', max_size=120)


@pytest.fixture(scope="module")
def parts(
    application: Application,
    running_plex: DemoPlex,
    migrated_sqlite: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Container]:
    with healthy_site(running_plex, migrated_sqlite, tmp_path_factory.mktemp("tokens")) as made:
        yield made


@pytest.fixture(scope="module")
def client(application: Application, parts: Container) -> Client:
    return Client(application, use_cookies=False)


@given(token=TOKENS)
def test_no_text_is_a_session(parts: Container, token: str) -> None:
    with pytest.raises(SignInRequired):
        parts.owner.sessions().check(token)


@given(at=st.integers(0, 200), put=st.text(max_size=3), cut=st.integers(0, 3))
def test_a_session_that_was_changed_is_invalid(
    parts: Container, at: int, put: str, cut: int
) -> None:
    token, _ = parts.owner.sessions().begin("owner", Way.PASSWORD)
    changed = token[:at] + put + token[at + cut :]
    # Two of the last character's six bits are ignored.
    assume(changed[:-1] != token[:-1] or len(changed) != len(token))
    with pytest.raises(SignInRequired):
        parts.owner.sessions().check(changed)


@given(before=HEADER, after=HEADER)
def test_what_surrounds_the_cookie_neither_opens_nor_breaks(
    client: Client, before: str, after: str
) -> None:
    assume(COOKIE not in before)
    good = f"{COOKIE}={a_session()[0]}"
    for cookie, status in (
        (f"{before}; {good}; {after}", 200),
        (f"{before}{after}", 401),
        # Another cookie of that name, set by a neighbouring site, locks nobody out.
        (f"{before}; {COOKIE}={after}; {good}", 200),
    ):
        answer = client.get("/dashboard/session", headers={"Cookie": cookie})
        assert answer.status_code == status, cookie


@given(token=HEADER | TOKENS)
def test_no_text_is_a_csrf_token(client: Client, token: str) -> None:
    with suppress(UnicodeEncodeError, ValueError):  # what no client can send
        headers = {"Cookie": f"{COOKIE}={a_session()[0]}", "X-CSRF-Token": token}
        answer = client.put("/dashboard/api/libraries", headers=headers, json={"shared": [1]})
        assert answer.status_code in (400, 403)
        if answer.status_code == 400:  # bytes that are not UTF-8: the host refuses them
            assert not token.isascii()


@given(key=HEADER | TOKENS, query=st.booleans())
def test_no_text_is_a_key(client: Client, key: str, query: bool) -> None:
    with suppress(UnicodeEncodeError, ValueError):
        if query:
            answer = client.get("/api/manage/settings", query_string={"code": key})
        else:
            answer = client.get("/api/manage/settings", headers={"x-functions-key": key})
        assert answer.status_code in (400, 401)
        assert answer.get_data() == b""
