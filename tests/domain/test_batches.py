"""Each line of a pasted list gets one verdict, and says what an invite would carry."""

from __future__ import annotations

import pytest

from helpr_core.domain.batches import Known, Line, Usual, Verdict, counts, judge, keys_in
from helpr_core.domain.pasted_list import read_list
from helpr_core.domain.plex import Library
from helpr_core.texts import Message

MOVIES, SHOWS = Library(1, "Movies", "movie"), Library(2, "TV Shows", "show")
KIDS = Library(3, "Kids, Family", "movie")


NOTHING = Usual()


def judged(text: str, usual: Usual = NOTHING, **known: object) -> tuple[Line, ...]:
    defaults = {
        "libraries": (MOVIES, SHOWS, KIDS),
        "shares": {},
        "open_keys": frozenset(),
        "seats_left": 100,
    }
    return judge(read_list(text), Known(**(defaults | known)), usual)  # type: ignore[arg-type]


def verdicts(text: str, **known: object) -> list[Verdict]:
    return [line.verdict for line in judged(text, NOTHING, **known)]


def test_every_kind_of_line_gets_its_own_verdict() -> None:
    text = (
        "email;libraries;days\n"
        "new@example.com\n"
        "has@example.com\n"
        "waits@example.com\n"
        "asked@example.com\n"
        "New@Example.com\n"
        "not@an@address\n"
        "lib@example.com;Films\n"
        "days@example.com;Movies;soon\n"
        "full@example.com\n"
    )

    found = verdicts(
        text,
        shares={"has@example.com": True, "waits@example.com": False},
        open_keys={"asked@example.com"},
        seats_left=1,
    )

    assert found == [
        Verdict.HEADING, Verdict.INVITE, Verdict.HAS_ACCESS, Verdict.INVITED, Verdict.OPEN,
        Verdict.DUPLICATE, Verdict.NOT_AN_ADDRESS, Verdict.UNKNOWN_LIBRARY, Verdict.NOT_DAYS,
        Verdict.OVER_SEATS,
    ]  # fmt: skip


def test_a_duplicate_names_the_first_line_and_dots_make_two_people() -> None:
    one, dotted, again = judged("a.b@gmail.com\nab@gmail.com\n<A.B@GMAIL.COM>")

    assert (one.verdict, dotted.verdict) == (Verdict.INVITE, Verdict.INVITE)
    assert again.message == Message("batch.duplicate", line="1")


def test_a_line_that_cannot_be_sent_does_not_make_the_next_a_duplicate() -> None:
    assert verdicts("bob@example.com;Films\nbob@example.com;Movies") == [
        Verdict.UNKNOWN_LIBRARY,
        Verdict.INVITE,
    ]


@pytest.mark.parametrize(
    ("cell", "libraries"),
    [
        ("Movies", (MOVIES,)),
        ("movies, tv shows", (MOVIES, SHOWS)),
        ("Movies | TV Shows", (MOVIES, SHOWS)),
        ("Movies + TV Shows", (MOVIES, SHOWS)),
        ("Kids, Family", (KIDS,)),
        ("2", (SHOWS,)),
    ],
)
def test_libraries_are_found_by_title_or_id(cell: str, libraries: tuple[Library, ...]) -> None:
    (line,) = judged(f"email\tlibraries\tdays\nbob@example.com\t{cell}\t30")[1:]

    assert (line.verdict, line.libraries) == (Verdict.INVITE, libraries)


def test_a_line_uses_the_defaults_for_what_it_does_not_say() -> None:
    first, second = judged("a@example.com\nb@example.com;TV Shows;7", Usual((MOVIES,), 30))

    assert (first.libraries, first.days) == ((MOVIES,), 30)
    assert (second.libraries, second.days) == ((SHOWS,), 7)


@pytest.mark.parametrize("days", ["0", "3651", "99999", "2 weeks", "-1"])
def test_invalid_days_are_not_guessed(days: str) -> None:
    assert verdicts(f"bob@example.com;Movies;{days}") == [Verdict.NOT_DAYS]


def test_a_typo_in_the_address_is_pointed_out_and_left_to_the_owner() -> None:
    (line,) = judged("bob@gmial.com")

    assert (line.verdict, line.suggestion) == (Verdict.INVITE, "bob@gmail.com")


def test_unknown_seats_stop_nothing() -> None:
    assert verdicts("a@example.com\nb@example.com", seats_left=None, shares=None) == [
        Verdict.INVITE,
        Verdict.INVITE,
    ]


def test_people_with_access_take_no_seat_from_the_others() -> None:
    found = verdicts(
        "has@example.com\na@example.com", shares={"has@example.com": True}, seats_left=1
    )

    assert found == [Verdict.HAS_ACCESS, Verdict.INVITE]


def test_counts_and_keys() -> None:
    text = "a@example.com\nA@example.com\nx@"

    assert counts(judged(text)) == {"invite": 1, "duplicate": 1, "not_an_address": 1}
    assert keys_in(read_list(text)) == {"a@example.com"}
