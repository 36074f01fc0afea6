"""A cursor names a position, and nothing else is a cursor."""

from __future__ import annotations

import base64
import struct
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpr_core.adapters.sql.paging import BEGINNING, Listing, Position, to_cursor, to_position
from helpr_core.errors import InvalidInput
from tests.adapters.sql.builders import NOON

times = st.datetimes(datetime(1, 1, 1), datetime(9999, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001


def packed(microseconds: int, row_id: int) -> str:
    return "l" + base64.urlsafe_b64encode(struct.pack(">qq", microseconds, row_id)).decode()[:22]


@given(times, st.integers(0, 2**63 - 1))
def test_a_position_survives_being_put_into_a_url(at: datetime, row_id: int) -> None:
    cursor = to_cursor(Position(at, row_id), Listing.LINKS)
    assert to_position(cursor, Listing.LINKS) == (at, row_id)
    assert len(cursor) == 23
    assert set(cursor) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")


def test_no_cursor_is_the_beginning() -> None:
    assert to_position("", Listing.LINKS) == BEGINNING


GOOD = to_cursor(Position(NOON, 7), Listing.LINKS)


@pytest.mark.parametrize(
    "cursor",
    [
        "0",
        "null",
        GOOD[1:],
        GOOD[:-1],
        GOOD + "A",
        GOOD + "==",
        " " + GOOD,
        GOOD[:-1] + "\n",
        GOOD[:-1] + "é",
        GOOD[:-1] + "+",
        GOOD[:-1] + chr(ord(GOOD[-1]) + 1),  # the same bytes, spelled differently
        packed(2**63 - 1, 7),
        packed(-(2**63), 7),
        "A" * 10_000,
        "\x00" * 22,
        "' OR 1=1 --",
    ],
)
def test_anything_else_is_refused(cursor: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        to_position(cursor, Listing.LINKS)
    assert [error.field for error in refused.value.errors] == ["cursor"]


@pytest.mark.parametrize("of", [one for one in Listing if one is not Listing.LINKS])
def test_the_cursor_of_one_list_is_none_of_another(of: Listing) -> None:
    with pytest.raises(InvalidInput):
        to_position(GOOD, of)


@given(st.text())
def test_no_text_is_accepted_in_another_spelling(text: str) -> None:
    try:
        position = to_position(text, Listing.LINKS)
    except InvalidInput:
        return
    assert position == BEGINNING if not text else to_cursor(position, Listing.LINKS) == text
