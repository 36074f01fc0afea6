"""When a request is complete: not before its last byte, nor while waiting for what never comes."""

from __future__ import annotations

import pytest

from helpr_core.local.gunicorn_worker.arrival import MOST_BODY_BYTES, MOST_HEAD_BYTES, Arrival

POST = b"POST /api/invites HTTP/1.1\r\nHost: x\r\n"
CHUNKED = POST + b"Transfer-Encoding: chunked\r\n\r\n"
WHOLE = {
    "no body": b"GET / HTTP/1.1\r\nHost: x\r\n\r\n",
    "a body": POST + b"Content-Length: 5\r\n\r\nhello",
    "an empty body": POST + b"Content-Length: 0\r\n\r\n",
    "names and spaces of any kind": POST + b"cONTENT-lENGTH:  5 \r\n\r\nhello",
    "the same length twice": POST + b"Content-Length: 5\r\nContent-Length: 5\r\n\r\nhello",
    "empty lines before it": b"\r\n\r\nGET / HTTP/1.1\r\nHost: x\r\n\r\n",
    "the end of a head in a body": POST + b"Content-Length: 8\r\n\r\n\r\n\r\n\r\n\r\n",
    "no chunk": CHUNKED + b"0\r\n\r\n",
    "chunks": CHUNKED + b"5\r\nhello\r\n00a;x=y\r\n0\r\n\r\n67890\r\n0\r\n\r\n",
    "chunks and a trailer": CHUNKED + b"1\r\nx\r\n0\r\nA: b\r\n\r\n",
}


def arrived(text: bytes, step: int) -> list[tuple[bool, bool]]:
    """Whether it was complete, and whether it was cut off, after each step."""
    arrival = Arrival()
    seen = []
    for at in range(0, len(text), step):
        arrival.add(text[at : at + step])
        seen.append((arrival.is_whole, arrival.is_cut))
    return seen


@pytest.mark.parametrize("text", WHOLE.values(), ids=WHOLE)
def test_it_is_complete_with_its_last_byte_and_not_before(text: bytes) -> None:
    assert arrived(text, 1) == [(False, False)] * (len(text) - 1) + [(True, False)]
    assert arrived(text, len(text)) == [(True, False)]


@pytest.mark.parametrize("text", WHOLE.values(), ids=WHOLE)
def test_what_follows_it_changes_nothing(text: bytes) -> None:
    assert arrived(text + b"GET /next HTTP/1.1\r\n", len(text) + 20) == [(True, False)]


@pytest.mark.parametrize(
    "text",
    [
        POST + b"Content-Length: x\r\n\r\n",
        POST + b"Content-Length: -1\r\n\r\n",
        POST + b"Content-Length: \r\n\r\n",
        POST + b"Content-Length: 1\r\nContent-Length: 2\r\n\r\n",
        POST + b"Content-Length: %d\r\n\r\n" % (MOST_BODY_BYTES + 1),
        POST + b"Content-Length: " + b"9" * 5000 + b"\r\n\r\n",
        POST + b"Transfer-Encoding: gzip\r\n\r\n",
        POST + b"Transfer-Encoding: gzip, chunked\r\n\r\n",
        CHUNKED + b"no size\r\n",
        CHUNKED + b"-5\r\n",
        CHUNKED + b"100000\r\n" + b"x" * (MOST_BODY_BYTES + 1),
    ],
)
def test_what_cannot_be_read_to_its_end_is_cut_off(text: bytes) -> None:
    assert arrived(text, 65536)[-1] == (False, True)
    assert arrived(text, len(text)) == [(False, True)]


def test_a_head_may_have_64_kilobytes_and_no_more() -> None:
    arrival = Arrival()
    arrival.add(b"GET / HTTP/1.1\r\nA: ".ljust(MOST_HEAD_BYTES, b"x"))
    assert not arrival.head_is_too_long
    arrival.add(b"x")
    assert arrival.head_is_too_long
    arrival.add(b"\r\n\r\n")
    assert not arrival.head_is_too_long


@pytest.mark.parametrize(("field", "waits"), [(b"Expect: 100-Continue\r\n", True), (b"", False)])
def test_a_client_waiting_for_100_continue_is_recognised(field: bytes, waits: bool) -> None:
    arrival = Arrival()
    arrival.add(POST + field + b"Content-Length: 5\r\n\r\n")
    assert arrival.waits_to_be_asked is waits
