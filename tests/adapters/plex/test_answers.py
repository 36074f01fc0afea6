"""The table of Plex's answers by itself: reasons are clean, and no answer can break it."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpr_core.adapters.plex.answers import (
    MAX_REASON,
    Answer,
    clean,
    error_of,
    parse_answer,
    reason_of,
    retry_after_seconds,
)
from helpr_core.services.plex.errors import (
    AlreadyShared,
    PlexEndpointGone,
    PlexError,
    PlexLimited,
    PlexRefused,
    PlexServerUnknown,
    PlexTrouble,
    PlexUnauthorized,
    PlexUnexpected,
)
from helpr_core.texts import in_english

XML = "application/xml; charset=utf-8"


def answer(status: int, body: bytes | str, retry_after: str = "") -> Answer:
    return Answer(status, XML, retry_after, body.encode() if isinstance(body, str) else body)


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ('<Response code="400" status="No such user."/>', "No such user."),
        ('<errors><error code="1001" message="Not you" status="401"/></errors>', "Not you"),
        ("<errors><error>Invalid token</error></errors>", "Invalid token"),
        ('<errors><error code="1999" field="base" status="400"/></errors>', "Plex error 1999"),
        ("<errors/>", ""),
        ("<html><body><h1>401</h1></body></html>", ""),
        ("<!DOCTYPE html><title>We're sorry</title>", ""),
        ("API rate limit exceeded", "API rate limit exceeded"),
        ("<broken", ""),
        ("", ""),
    ],
)
def test_the_reason_is_plexs_sentence_wherever_it_stands_in_the_answer(
    body: str, reason: str
) -> None:
    assert reason_of(answer(400, body)) == reason


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("two\r\nlines\tand\x00more", "two lines and more"),
        ("a\u202eb\u200bc", "a b c"),
        ("alice@example.com is unknown", "(address) is unknown"),
        ("unknown: <alice@example.com>", "unknown: <(address)>"),
        (
            "You're already sharing this server with Al. I. Ce. Please edit your existing share.",
            "You're already sharing this server with this account. "
            "Please edit your existing share.",
        ),
        (
            "You’re ALREADY SHARING this server with alice@example.com",
            "You’re ALREADY SHARING this server with this account",
        ),
        ("See https://plex.tv/api/x?X-Plex-Token=demo-token now", "See (link) now"),
        ("x" * 500, "x" * MAX_REASON),
    ],
)
def test_a_reason_is_one_short_line_without_addresses(text: str, cleaned: str) -> None:
    assert clean(text) == cleaned


@given(st.text(max_size=600))
def test_any_reason_is_short_and_printable_and_contains_no_address(text: str) -> None:
    cleaned = clean(f"{text} alice@example.com {text}")
    assert len(cleaned) <= MAX_REASON
    assert "alice@example.com" not in cleaned
    assert not [char for char in cleaned if unicodedata.category(char).startswith("C")]


@pytest.mark.parametrize(
    ("status", "body", "error"),
    [
        (400, '<Response status="You\'re already sharing this server with x."/>', AlreadyShared),
        (400, '<Response status="ALREADY SHARING this server with x"/>', AlreadyShared),
        (403, '<Response status="You\'re already sharing this server with x."/>', PlexUnexpected),
        (400, '<Response code="400" status="You\'re already sharing this server w', AlreadyShared),
        (400, '<Response status="You shared already."/>', PlexRefused),
        (422, "<errors><error>Invalid email</error></errors>", PlexRefused),
    ],
)
def test_already_shared_is_recognised_by_status_and_wording_together(
    status: int, body: str, error: type[PlexError]
) -> None:
    assert type(error_of(answer(status, body))) is error


OWN = '<Response code="400" status="No."/>'
PAGE = "<html><head><title>403 Forbidden</title></head><body>nginx</body></html>"
GONE = '<Response code="410" status="This endpoint was deprecated and removed"/>'


@pytest.mark.parametrize("body", ["", PAGE, "Bad Request", OWN[:-8], "{}", "<html/>"])
def test_only_plexs_own_refusal_is_about_the_person(body: str) -> None:
    for status in range(400, 500):
        error = error_of(answer(status, body))
        assert isinstance(error, PlexTrouble), status  # kept and retried


def test_whatever_plex_says_only_400_and_422_are_final() -> None:
    answers = {status: error_of(answer(status, OWN)) for status in range(400, 500)}
    assert {status for status, no in answers.items() if isinstance(no, PlexRefused)} == {400, 422}


@pytest.mark.parametrize(
    ("status", "body", "error", "reason"),
    [
        (403, PAGE, PlexUnexpected, "status 403: 403 Forbidden"),
        (451, "", PlexUnexpected, "status 451"),
        (408, "Request Timeout", PlexUnexpected, "status 408: Request Timeout"),
        (425, OWN, PlexUnexpected, "status 425: No."),
        (403, "<title>for alice@example.com</title>", PlexUnexpected, "status 403: for (address)"),
        (410, GONE, PlexEndpointGone, "status 410: This endpoint was deprecated and removed"),
        (404, "<!DOCTYPE html><title>No page (404)</title>", PlexEndpointGone, None),
        (404, "", PlexEndpointGone, "status 404"),
        (404, "<errors><error>Not found</error></errors>", PlexServerUnknown, "Not found"),
        (498, "", PlexUnauthorized, None),
        (429, PAGE, PlexLimited, ""),
    ],
)
def test_the_owner_learns_what_plex_answered(
    status: int, body: str, error: type[PlexError], reason: str | None
) -> None:
    found = error_of(answer(status, body))
    assert type(found) is error
    assert reason is None or in_english(found.reason) == reason


@given(st.integers(200, 599), st.binary(max_size=200), st.text(max_size=30))
def test_any_answer_is_xml_or_one_of_our_errors(status: int, body: bytes, retry: str) -> None:
    try:
        parse_answer(answer(status, body, retry))
    except PlexError as exc:
        assert len(str(exc)) <= MAX_REASON  # noqa: PT017


@pytest.mark.parametrize(
    "text",
    [
        "",
        "-1",
        "1.5",
        "٣",
        "Wed",
        "Mon, 01 Jan 99999999999999999999 00:00:00 GMT",
        "Mon, 01 Jan 2035 00:00:00",
        "Mon, 99 Foo 2035 00:00:00 GMT",
    ],
)
def test_an_unreadable_retry_after_is_ignored(text: str) -> None:
    assert retry_after_seconds(text) is None


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("9" * 5000, 900),
        ("Mon, 01 Jan 2001 00:00:00 GMT", 0),
        ("Fri, 31 Dec 9999 23:59:59 GMT", 900),
    ],
)
def test_a_retry_after_is_clamped_to_fifteen_minutes(text: str, seconds: int) -> None:
    assert retry_after_seconds(text) == seconds


@given(
    st.text(max_size=40)
    | st.from_regex(r"Mon, [0-9]{1,3} Jan [0-9]{1,12} [0-9]{1,3}:00:00 [+-][0-9]{1,6}")
)
def test_no_retry_after_can_break_the_parser(text: str) -> None:
    seconds = retry_after_seconds(text)
    assert seconds is None or 0 <= seconds <= 900
