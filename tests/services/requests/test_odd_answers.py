"""Odd answers from plex.tv or a proxy in front of it: the outcome of one request."""

from __future__ import annotations

import gzip
from dataclasses import dataclass
from typing import Any

import pytest

from demo_plex import DemoPlex
from helpr_core.domain.requests import Status
from tests.services.conftest import NewWorker
from tests.services.worker import Worker

pytestmark = pytest.mark.thorough  # a table of faults

PAGE = b"<html><head><title>Sign in to the hotel</title></head><body>Room?</body></html>"
BOMB = gzip.compress(b"<MediaContainer>" + b" " * 40_000_000)
SQUEEZED = {"Content-Encoding": "gzip"}
FOREVER = 0


def _post(status: int, body: bytes = b"", **headers: str) -> dict[str, Any]:
    told = {name.replace("_", "-"): value for name, value in headers.items()}
    return {"kind": "status", "status": status, "method": "POST", "body": body, "headers": told}


@dataclass(frozen=True)
class Odd:
    """What plex.tv does once, and the code with which the request is kept."""

    fault: dict[str, Any]
    code: str


ON_THE_POST = {
    **{
        f"{status}, a page": Odd(_post(status, PAGE), "plex_unexpected")
        for status in (
            400,
            402,
            403,
            405,
            406,
            407,
            408,
            409,
            411,
            413,
            414,
            415,
            417,
            418,
            421,
            422,
            423,
            425,
            426,
            428,
            431,
            444,
            451,
            499,
        )
    },
    **{
        f"{status}, nothing": Odd(_post(status, b" "), "plex_unexpected")
        for status in (400, 403, 408, 425, 451)
    },
    "404, a page": Odd(_post(404, PAGE), "plex_endpoint_gone"),
    "410, a page": Odd(_post(410, PAGE), "plex_endpoint_gone"),
    "403 in Plex's words": Odd(
        _post(403, b'<Response code="403" status="Forbidden"/>'), "plex_unexpected"
    ),
    "429 until a date": Odd(
        _post(429, b"x", Retry_After="Fri, 31 Dec 2999 23:59:59 GMT"), "plex_limited"
    ),
    "429 for less than nothing": Odd(_post(429, b"x", Retry_After="-5"), "plex_limited"),
    "429 for ever": Odd(_post(429, b"x", Retry_After="9" * 400), "plex_limited"),
    "429 for nonsense": Odd(_post(429, b"x", Retry_After="soon; 12 or so"), "plex_limited"),
    "503": Odd(_post(503, PAGE), "plex_unavailable"),
    **{
        f"{status}": Odd(_post(status, PAGE), "plex_answer_lost")
        for status in (202, 206, 302, 500, 502, 504, 520, 522, 530)
    },
    "200, a page": Odd(_post(200, PAGE), "plex_answer_lost"),
    "200, no share": Odd(_post(200, b"<MediaContainer/>"), "plex_answer_lost"),
    "200, broken off": Odd(_post(200, b"<MediaContainer><Shared"), "plex_answer_lost"),
    "200, JSON": Odd(_post(200, b'{"ok": true}'), "plex_answer_lost"),
    "200, a no": Odd(_post(200, b'<Response code="400" status="No."/>'), "plex_answer_lost"),
    "200, a bomb": Odd({**_post(200, BOMB), "headers": SQUEEZED}, "plex_answer_lost"),
    "200, no gzip": Odd(
        {**_post(200, b"<MediaContainer/>"), "headers": SQUEEZED}, "plex_answer_lost"
    ),
    "cut off": Odd({"kind": "drop", "method": "POST"}, "plex_answer_lost"),
    "not HTTP": Odd({"kind": "raw", "method": "POST", "body": b"\0\1\2"}, "plex_answer_lost"),
}


@pytest.fixture
def worker(new_worker: NewWorker) -> Worker:
    return new_worker().warm_up()


@pytest.mark.parametrize("name", ON_THE_POST)
def test_after_an_odd_answer_the_request_is_kept_and_sent_once(worker: Worker, name: str) -> None:
    odd = ON_THE_POST[name]
    worker.plex.fail(**odd.fault)
    row = worker.send("alice")
    assert (row.status, row.error_code) == (Status.QUEUED, odd.code)
    assert worker.plex.shares == []
    wait = row.next_attempt_at - row.updated_at if row.next_attempt_at else None
    assert wait is not None
    assert 60 <= wait.total_seconds() <= 15 * 60
    worker.clock.forward(minutes=16)
    assert worker.housekeeping() == ({"sent": 1}, {})
    assert worker.plex.count("POST") == 2
    assert len(worker.plex.shares) == 1


LISTS: dict[str, dict[str, Any]] = {
    "a page": {"kind": "malformed", "body": PAGE},
    "a no with status 200": {"kind": "malformed", "body": b'<errors><error code="1"/></errors>'},
    "broken off": {"kind": "malformed"},
    "nothing": {"kind": "malformed", "body": b"<MediaContainer/>"},
    "an empty body": {"kind": "malformed", "body": b" "},
    "an id that is a word": {
        "kind": "malformed",
        "body": b'<MediaContainer><Server><Section id="x" title="Movies"/></Server>'
        b"</MediaContainer>",
    },
    "an id of many digits": {
        "kind": "malformed",
        "body": b'<MediaContainer><Server><Section id="' + b"9" * 5000 + b'" title="Movies"/>'
        b"</Server></MediaContainer>",
    },
    "another server's": {
        "kind": "malformed",
        "body": b'<MediaContainer><Server machineIdentifier="f00"><Section id="1" title="X"/>'
        b"</Server></MediaContainer>",
    },
    "a part of it": {"kind": "partial", "rows": 1},
    "403": {"kind": "status", "status": 403, "body": PAGE},
    "500": {"kind": "status", "status": 500},
    "a redirect": {"kind": "redirect"},
    "cut off": {"kind": "drop"},
}


@pytest.mark.parametrize("name", LISTS)
def test_an_odd_list_after_a_refusal_blames_nobody_and_loses_nothing(
    worker: Worker, name: str
) -> None:
    """Plex refuses once without a reason, and its list of libraries is odd at that moment."""
    known = worker.catalog.known()
    worker.plex.fail(**_post(400, b'<Response code="400" status="Bad"/>'))
    worker.plex.fail(**LISTS[name], method="GET", path_prefix="/api/servers/", times=FOREVER)
    row = worker.send("alice")
    assert row.error_code != "plex_refused" or name == "a part of it"
    worker.plex.clear_faults()
    assert known is not None
    now_known = worker.catalog.known(fresh=True)
    assert now_known is not None
    assert now_known.libraries == known.libraries
    worker.clock.forward(minutes=16)
    worker.housekeeping()
    assert worker.send("bob").status is Status.SUCCESS


@pytest.mark.parametrize("name", [*LISTS])
def test_a_valid_invitation_survives_an_odd_list_of_invitations(worker: Worker, name: str) -> None:
    worker.plex.share("alice")
    worker.plex.fail(**LISTS[name], method="GET", path_prefix="/api/invites", times=1)
    worker.send("alice")
    assert worker.plex.count("DELETE") == 0
    assert [share.invite_listed for share in worker.plex.shares] == [True]


@pytest.mark.parametrize("name", [name for name in LISTS if name != "a part of it"])
def test_a_cold_worker_keeps_a_request_whatever_is_listed(
    plex: DemoPlex, new_worker: NewWorker, name: str
) -> None:
    cold = new_worker()
    cold.plex.fail(**LISTS[name], method="GET", times=FOREVER)
    row = cold.send("alice")
    assert row.status is Status.QUEUED
    assert cold.plex.count("POST") == 0
    cold.plex.clear_faults()
    cold.clock.forward(minutes=16)
    cold.housekeeping()
    assert cold.rows() == [("alice", "success")]
    assert plex.count("POST") == 1
