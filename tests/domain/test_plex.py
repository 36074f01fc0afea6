"""Names of libraries, and whose share is whose."""

from __future__ import annotations

import pytest

from helpr_core.domain.library_names import NamedLibraries, listed, resolve_names
from helpr_core.domain.plex import Library, Share, find_share
from helpr_core.texts import Message, say, speaking

MOVIES = Library(118181361, "Movies", "movie")
SHOWS = Library(118181362, "TV Shows", "show")
KIDS = Library(118181364, "Kids", "movie")
KIDS_MUSIC = Library(118181365, "kids", "artist")
ALL = (MOVIES, SHOWS, KIDS, KIDS_MUSIC)


@pytest.mark.parametrize(
    ("names", "libraries"),
    [
        (["Movies"], [MOVIES]),
        (["tv shows", "MOVIES"], [SHOWS, MOVIES]),
        (["118181362"], [SHOWS]),
        (["Movies", "movies", "118181361"], [MOVIES]),
        (["118181365"], [KIDS_MUSIC]),
        ([], []),
    ],
)
def test_a_name_is_a_title_or_an_id(names: list[str], libraries: list[Library]) -> None:
    assert resolve_names(names, ALL) == NamedLibraries(tuple(libraries), ())


def test_of_two_libraries_with_one_title_neither_is_taken() -> None:
    named = resolve_names(["Kids", "Movies"], ALL)
    assert named.libraries == (MOVIES,)
    (problem,) = named.problems
    assert "118181364 (Movies)" in say(problem)
    assert "118181365 (Music)" in say(problem)


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("en", "“Movies”, “Kids” (Movies), “kids” (Music), “Kids” and “42”"),
        ("de", "„Movies“, „Kids“ (Filme), „kids“ (Musik), „Kids“ und „42“"),
    ],
)
def test_only_a_namesake_says_what_kind_it_is_and_in_peoples_words(
    language: str, expected: str
) -> None:
    libraries = (MOVIES, KIDS, KIDS_MUSIC, Library(3, "Kids", "newer"), Library(42, "", "movie"))
    with speaking(language):
        assert say(Message("check.libraries.has", libraries=listed(libraries, libraries))).endswith(
            f": {expected}."
        )


def test_a_title_in_digits_is_preferred_to_an_id() -> None:
    film_1917 = Library(7, "118181361", "movie")
    assert resolve_names(["118181361"], (MOVIES, film_1917)).libraries == (film_1917,)


@pytest.mark.parametrize("name", ["Films", "1", "١١٨١٨١٣٦١", ""])
def test_an_unknown_name_is_a_problem_and_shares_nothing(name: str) -> None:
    named = resolve_names([name], ALL)
    assert named.libraries == ()
    assert named.problems == (Message("library.unknown_name", name=name),)


SHARES = (
    Share("1", "Alice", "alice@example.com", accepted=True),
    Share("2", "", "Nobody@example.org", accepted=False),
)


@pytest.mark.parametrize(
    ("typed", "id_"),
    [
        ("alice", "1"),
        ("ALICE@example.com", "1"),
        ("nobody@EXAMPLE.org", "2"),
        ("nobody", None),
        ("alice@example.org", None),
    ],
)
def test_a_share_is_found_by_name_or_address(typed: str, id_: str | None) -> None:
    found = find_share(SHARES, typed)
    assert (found.id if found else None) == id_


@pytest.mark.parametrize(("typed", "meant"), [("Movie", "Movies"), ("tvshows", "TV Shows")])
def test_a_near_miss_is_not_taken_and_the_closest_title_is_suggested(
    typed: str, meant: str
) -> None:
    named = resolve_names([typed], ALL)
    assert named.libraries == ()
    assert named.problems == (Message("library.mistyped_name", name=typed, meant=meant),)
