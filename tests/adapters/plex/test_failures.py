"""Each answer that plex.tv can give becomes its own error, and none reveals a secret."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest

from demo_plex import LIBRARIES, DemoPlex
from helpr_core.adapters.plex.media_server import PlexMediaServer
from helpr_core.domain.plex import Server
from helpr_core.errors import HelprError
from helpr_core.patience import within
from helpr_core.services.plex.errors import (
    AlreadyShared,
    PlexAnswerLost,
    PlexEndpointGone,
    PlexError,
    PlexLimited,
    PlexRefused,
    PlexServerUnknown,
    PlexTrouble,
    PlexUnauthorized,
    PlexUnavailable,
    PlexUnexpected,
)
from tests.adapters.plex.conftest import NewMedia
from tests.waiting import soon

MOVIES = LIBRARIES[0].id
INVITEE = "alice@example.com"
DOCTYPE = b'<!DOCTYPE a [<!ENTITY x "xx">]><MediaContainer><SharedServer id="1"/></MediaContainer>'

ALREADY = (
    b"HTTP/1.1 400 Bad Request\r\nContent-Length: 113\r\n\r\n"
    b'<Response code="400" status="You\'re already sharing this server with x. '
    b'Please edit your existing share."/>'
)
"""Cut off, it ends before its length says so."""

FAULTS: list[tuple[dict[str, Any], type[PlexError]]] = [
    ({"kind": "status", "status": 401}, PlexUnauthorized),
    ({"kind": "invalid_token"}, PlexUnauthorized),
    ({"kind": "status", "status": 400, "body": b'<Response status="No."/>'}, PlexRefused),
    (
        {"kind": "status", "status": 422, "body": b'<errors><error code="1999"/></errors>'},
        PlexRefused,
    ),
    ({"kind": "status", "status": 400, "body": b""}, PlexUnexpected),
    ({"kind": "status", "status": 403, "body": b""}, PlexUnexpected),
    ({"kind": "status", "status": 404}, PlexEndpointGone),
    (
        {"kind": "status", "status": 404, "body": b"<errors><error>Not found</error></errors>"},
        PlexServerUnknown,
    ),
    ({"kind": "status", "status": 410, "body": b""}, PlexEndpointGone),
    ({"kind": "raw", "body": ALREADY[:-40]}, AlreadyShared),
    ({"kind": "raw", "body": ALREADY[:90]}, PlexUnexpected),
    ({"kind": "status", "status": 429}, PlexLimited),
    ({"kind": "status", "status": 429, "body": b""}, PlexLimited),
    ({"kind": "status", "status": 500}, PlexAnswerLost),
    ({"kind": "status", "status": 502}, PlexAnswerLost),
    ({"kind": "status", "status": 503}, PlexUnavailable),
    ({"kind": "status", "status": 504, "body": b""}, PlexAnswerLost),
    ({"kind": "status", "status": 520}, PlexAnswerLost),
    ({"kind": "status", "status": 527, "body": b""}, PlexAnswerLost),
    ({"kind": "malformed"}, PlexAnswerLost),
    ({"kind": "malformed", "body": b""}, PlexAnswerLost),
    ({"kind": "malformed", "body": b"{}", "content_type": "application/json"}, PlexAnswerLost),
    ({"kind": "malformed", "body": b"<MediaContainer size='0'/>"}, PlexAnswerLost),
    ({"kind": "malformed", "body": DOCTYPE}, PlexAnswerLost),
    ({"kind": "malformed", "body": b"\xff\xfe<\x00a\x00/\x00>\x00"}, PlexAnswerLost),
    ({"kind": "big", "size_bytes": 3_000_000}, PlexAnswerLost),
    ({"kind": "redirect"}, PlexAnswerLost),
    ({"kind": "redirect", "headers": {"Location": "http://[not-an-address"}}, PlexAnswerLost),
    (
        {"kind": "redirect", "headers": {"Location": f"https://plex.tv/?x={INVITEE}"}},
        PlexAnswerLost,
    ),
    ({"kind": "raw", "body": b"SSH-2.0-OpenSSH_9.9\r\n"}, PlexAnswerLost),
    ({"kind": "raw", "body": b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n<Me"}, PlexAnswerLost),
    ({"kind": "drop"}, PlexAnswerLost),
    ({"kind": "drop_after"}, PlexAnswerLost),
]


def failure(media: PlexMediaServer, server: Server) -> PlexError:
    """Return the error that an invite raises, after checking it and its causes for secrets."""
    with pytest.raises(PlexError) as refused:
        media.send_invite(server, [MOVIES], INVITEE)
    for exc in ours(refused.value):
        text = f"{exc!r} {exc} {exc.args} {vars(exc)}"
        assert not [part for part in ("demo-token", "@", "http", "127.0.0.1") if part in text]
    return refused.value


def ours(exc: BaseException | None) -> Iterator[HelprError]:
    """Our own errors in the chain; those of `requests` are there only for the traceback."""
    while exc is not None:
        if isinstance(exc, HelprError):
            yield exc
        exc = exc.__cause__ or exc.__context__


@pytest.mark.parametrize(("fault", "error"), FAULTS, ids=lambda part: str(part)[:60])
def test_each_failure_is_its_own_error_after_one_call(
    plex: DemoPlex,
    media: PlexMediaServer,
    server: Server,
    fault: dict[str, Any],
    error: type[PlexError],
) -> None:
    plex.fail(**fault, times=0)
    exc = failure(media, server)
    assert type(exc) is error
    assert len(plex.calls) == 1


@pytest.mark.parametrize("accepted", [False, True])
def test_a_second_invite_is_already_shared_and_does_not_name_the_person(
    plex: DemoPlex, media: PlexMediaServer, server: Server, accepted: bool
) -> None:
    plex.share(INVITEE)
    if accepted:
        plex.accept(INVITEE)
    exc = failure(media, server)
    assert type(exc) is AlreadyShared
    assert exc.reason == (
        "You're already sharing this server with this account. Please edit your existing share."
    )


def test_a_refusal_carries_plexs_own_sentence(
    plex: DemoPlex, media: PlexMediaServer, server: Server
) -> None:
    with pytest.raises(PlexRefused) as refused:
        media.send_invite(server, [MOVIES], "nobody-at-all")
    assert refused.value.reason == "The username or email entered does not exist."


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize(
    ("header", "seconds"),
    [("7", 7), ("0", 0), (" 120 ", 120), ("999999999999", 900), ("soon", None), (None, None)],
)
def test_plexs_retry_after_is_passed_on(
    plex: DemoPlex,
    media: PlexMediaServer,
    server: Server,
    status: int,
    header: str | None,
    seconds: int | None,
) -> None:
    plex.fail("status", status=status, headers={} if header is None else {"Retry-After": header})
    exc = failure(media, server)
    assert isinstance(exc, PlexTrouble)
    assert exc.retry_after_seconds == seconds


def test_retry_after_may_be_a_date(plex: DemoPlex, media: PlexMediaServer, server: Server) -> None:
    at = datetime.now(UTC).replace(microsecond=0) + timedelta(seconds=90)
    plex.fail("status", status=429, headers={"Retry-After": format_datetime(at, usegmt=True)})
    exc = failure(media, server)
    left = (at - datetime.now(UTC)).total_seconds()
    assert isinstance(exc, PlexLimited)
    assert exc.retry_after_seconds is not None
    assert left - 1 <= exc.retry_after_seconds <= 90


def test_a_refused_connection_means_that_nothing_was_carried_out(
    plex: DemoPlex, media: PlexMediaServer, server: Server
) -> None:
    plex.stop()
    assert type(failure(media, server)) is PlexUnavailable


def test_a_name_that_does_not_resolve_means_that_nothing_was_carried_out(
    plex: DemoPlex, new_media: NewMedia, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(DemoPlex, "url", "http://plex.invalid")
    assert type(failure(new_media(plex), server)) is PlexUnavailable


def test_an_answer_that_does_not_arrive_in_time_is_lost(
    plex: DemoPlex, new_media: NewMedia, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("helpr_core.adapters.plex.account.TIMEOUT", (1.0, 0.2))
    plex.fail("hang", delay_seconds=2)
    assert type(failure(new_media(plex), server)) is PlexAnswerLost


def test_an_answer_that_arrives_too_slowly_is_lost(
    plex: DemoPlex, media: PlexMediaServer, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("helpr_core.adapters.plex.account.TOTAL_SECONDS", 1.0)
    plex.fail("delay", delay_seconds=2.0)
    assert type(failure(media, server)) is PlexAnswerLost


IN_PIECES = ("slow_head", "slow_body", "more_headers", "continue")


@pytest.mark.parametrize("kind", IN_PIECES)
def test_one_call_ends_in_time_even_if_the_answer_trickles_in(
    plex: DemoPlex,
    media: PlexMediaServer,
    server: Server,
    monkeypatch: pytest.MonkeyPatch,
    kind: str,
) -> None:
    monkeypatch.setattr("helpr_core.adapters.plex.account.TOTAL_SECONDS", 1.5)
    plex.fail(kind, pace_seconds=0.1)
    with soon(20):  # each piece alone would be in time for a whole minute
        exc = failure(media, server)
    assert type(exc) is PlexAnswerLost
    assert exc.timed_out


@pytest.mark.parametrize("kind", [*IN_PIECES, "hang"])
def test_several_calls_together_take_no_longer_than_a_friend_waits(
    plex: DemoPlex, media: PlexMediaServer, server: Server, kind: str
) -> None:
    plex.fail(kind, pace_seconds=0.1, times=0)
    with soon(20), within(0.5):
        for _ in range(3):
            with pytest.raises(PlexTrouble):
                media.list_shares(server)


def test_a_slow_answer_within_the_timeout_is_an_answer(
    plex: DemoPlex, media: PlexMediaServer, server: Server
) -> None:
    plex.fail("slow_head", pace_seconds=0.001)
    assert media.send_invite(server, [MOVIES], INVITEE).accepted is False


def test_a_name_server_that_does_not_answer_is_not_waited_for(
    new_media: NewMedia, plex: DemoPlex, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    over = threading.Event()

    def look_up(*_args: Any, **_named: Any) -> None:
        over.wait(120)
        raise socket.gaierror(socket.EAI_AGAIN, "no answer")

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    with within(0.3):
        exc = failure(new_media(plex), server)
    over.set()
    assert type(exc) is PlexUnavailable
    assert exc.timed_out


def test_after_a_refused_token_the_next_call_starts_from_scratch(
    plex: DemoPlex, media: PlexMediaServer, server: Server
) -> None:
    plex.change(deauthorized=True)
    assert type(failure(media, server)) is PlexUnauthorized
    plex.change(deauthorized=False)
    assert media.send_invite(server, [MOVIES], INVITEE).accepted is False


def test_a_token_that_was_renewed_meanwhile_is_used_at_once(
    plex: DemoPlex, media: PlexMediaServer, server: Server
) -> None:
    media.fetch_account()
    plex.token = "demo-token-renewed"
    # The account reads the demo's token when it is built, so it is built again.
    assert media.send_invite(server, [MOVIES], INVITEE).accepted is False
    assert len(plex.shares) == 1
