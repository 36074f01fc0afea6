"""Malicious XML: it costs little time and memory, and ends in one of our errors."""

from __future__ import annotations

import gzip
import time
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import pytest

from demo_plex import DemoPlex
from helpr_core.adapters.plex.account import Account
from helpr_core.adapters.plex.addresses import server_url
from helpr_core.adapters.plex.answers import MAX_BYTES, MAX_REASON, Answer, parse_answer, reason_of
from helpr_core.services.plex.errors import PlexAnswerLost

SECONDS = 5.0
"""On a quiet machine all of these take less than one."""
XML = "application/xml"

LAUGHS = b'<!DOCTYPE l [<!ENTITY a "ha">' + b"".join(
    b'<!ENTITY %c "%s">' % (98 + step, b"&%c;" % (97 + step) * 10) for step in range(9)
)
BOMBS: dict[str, bytes] = {
    "a billion laughs": LAUGHS + b"]><l>&j;</l>",
    "quadratic": b'<!DOCTYPE l [<!ENTITY a "'
    + b"a" * 50_000
    + b'">]><l>'
    + b"&a;" * 50_000
    + b"</l>",
    "a file from outside": b'<!DOCTYPE l [<!ENTITY a SYSTEM "file:///etc/passwd">]><l>&a;</l>',
    "a document from outside": b'<!DOCTYPE l SYSTEM "http://127.0.0.1:1/l.dtd"><l/>',
    "a parameter entity": b'<!DOCTYPE l [<!ENTITY % a SYSTEM "file:///etc/passwd"> %a;]><l/>',
    "in UTF-16": (LAUGHS.decode() + "]><l>&j;</l>").encode("utf-16"),
    "in UTF-7": b'<?xml version="1.0" encoding="UTF-7"?>+ADw-!DOCTYPE l+AD4-<l/>',
}
HEAVY: dict[str, bytes] = {
    "deep": b"<a>" * (MAX_BYTES // 7) + b"</a>" * (MAX_BYTES // 7),
    "deep and never closed": b"<a>" * (MAX_BYTES // 3),
    "wide": b"<a>" + b"<b/>" * (MAX_BYTES // 4 - 10) + b"</a>",
    "one huge attribute": b'<a b="' + b"x" * (MAX_BYTES - 20) + b'"/>',
    "many attributes": b"<a " + b" ".join(b'a%d=""' % n for n in range(100_000)) + b"/>",
    "one huge name": b"<" + b"a" * (MAX_BYTES - 10) + b"/>",
    "one huge comment": b"<a><!--" + b"x" * (MAX_BYTES - 20) + b"--></a>",
    "references": b"<a>" + b"&#120;" * (MAX_BYTES // 6 - 10) + b"</a>",
    "namespaces": b"<a " + b" ".join(b'xmlns:a%d="u"' % n for n in range(50_000)) + b"/>",
    "an error of two million letters": b'<a><error message="'
    + b"@" * (MAX_BYTES - 40)
    + b'"/></a>',
    "one long word": b"a" * MAX_BYTES,
    "one long address": b"a@" * (MAX_BYTES // 2),
    "addresses": b"a@b " * (MAX_BYTES // 4),
    "links": b"https://" * (MAX_BYTES // 8),
    "a sentence again and again": b"already sharing this server with " * (MAX_BYTES // 33),
}


@contextmanager
def in_time() -> Iterator[None]:
    """Asserts that the block takes no more processor time than that."""
    started = time.process_time()
    yield
    assert time.process_time() - started < SECONDS


@contextmanager
def within(megabytes: int) -> Iterator[None]:
    """Asserts that the block never takes more memory than that; watching makes it slower."""
    tracemalloc.start()
    try:
        yield
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < megabytes * 1_000_000


@pytest.mark.parametrize("body", BOMBS.values(), ids=BOMBS)
def test_no_entity_is_ever_expanded(body: bytes) -> None:
    with in_time(), within(megabytes=20):
        with pytest.raises(PlexAnswerLost):
            parse_answer(Answer(200, XML, "", body))
        assert "root:" not in reason_of(Answer(400, XML, "", body))


@pytest.mark.parametrize("body", HEAVY.values(), ids=HEAVY)
def test_the_largest_body_is_parsed_in_time(body: bytes) -> None:
    assert len(body) <= MAX_BYTES
    with in_time(), suppress(PlexAnswerLost):
        parse_answer(Answer(200, XML, "", body))
    with in_time():
        assert len(reason_of(Answer(400, XML, "", body))) <= MAX_REASON


@pytest.mark.parametrize("name", ["wide", "deep", "one huge attribute"])
def test_a_tree_of_the_largest_body_fits_into_memory(name: str) -> None:
    with within(megabytes=150):
        parse_answer(Answer(200, XML, "", HEAVY[name]))


def test_an_address_at_the_cut_is_not_shown_in_part() -> None:
    for length in range(1_960, 2_000):
        text = "x" * length + " friend@example.com and more"
        assert "friend" not in reason_of(Answer(400, "text/plain", "", text.encode()))


def test_a_sentence_after_much_whitespace_is_still_read() -> None:
    text = " \n" * 500 + "Plex says no to friend@example.com. " + "word " * 1_000
    reason = reason_of(Answer(400, "text/plain", "", text.encode()))
    assert reason.startswith("Plex says no to (address) word word")


def _raw(body: bytes, *headers: str) -> bytes:
    lines = ["HTTP/1.1 200 OK", f"Content-Type: {XML}", f"Content-Length: {len(body)}", *headers]
    return "\r\n".join([*lines, "", ""]).encode() + body


ANSWERS: dict[str, Callable[[], bytes]] = {
    "ten megabytes": lambda: _raw(b"<a>" + b" " * 10_000_000 + b"</a>"),
    "a gzip bomb": lambda: _raw(gzip.compress(b" " * 300_000_000), "Content-Encoding: gzip"),
    "gzip in gzip": lambda: _raw(
        gzip.compress(gzip.compress(b" " * 300_000_000)), "Content-Encoding: gzip, gzip"
    ),
    "ten thousand headers": lambda: _raw(b"<a/>", *(f"X-{n}: x" for n in range(10_000))),
    "a header of a megabyte": lambda: _raw(b"<a/>", f"X-Long: {'x' * 1_000_000}"),
}


@pytest.mark.parametrize("made", ANSWERS.values(), ids=ANSWERS)
def test_an_answer_that_is_too_large_is_abandoned_in_time(
    running_plex: DemoPlex, made: Callable[[], bytes]
) -> None:
    running_plex.reset()
    running_plex.fail("raw", times=0, body=made())
    account = Account(running_plex.token, running_plex.url, "hardening")
    with within(megabytes=60), pytest.raises(PlexAnswerLost):
        account.query(server_url("any"))
    account.close()
    running_plex.reset()
