"""Titles that look the same are equal, and a list of them is split as it was meant."""

from __future__ import annotations

import unicodedata

import pytest

from helpr_core.domain.library_names import resolve_names
from helpr_core.domain.plex import Library
from helpr_core.domain.titles import split_names, title_key

LOOK_EQUAL = [
    ("Café", unicodedata.normalize("NFD", "Café")),
    ("TV Shows", "TV\u00a0Shows"),
    ("TV Shows", "  TV   shows\t"),
    ("TV Shows", "TV\u2009Shows"),
    ("❤️ Films", "❤ Films"),
    ("☀\ufe0e Summer", "☀️ Summer"),
    ("Movies", "\u200bMovies\ufeff"),
    ("Movies", "\u200eMovies\u200f"),
    ("Kids, Family", "kids ,family"),
    ("Kid's", "Kid’s"),
    ("Films – 4K", "Films - 4k"),
    ("Straße", "STRASSE"),
    ("Ｍｏｖｉｅｓ", "Movies"),
]


@pytest.mark.parametrize(("one", "other"), LOOK_EQUAL)
def test_titles_that_look_equal_are_equal(one: str, other: str) -> None:
    assert title_key(one) == title_key(other)
    library = Library(7, one, "movie")
    assert resolve_names([other], [library]).libraries == (library,)
    assert resolve_names([one], [Library(7, other, "movie")]).problems == ()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Movies", "Movie"),
        ("Café", "Cafe"),
        ("TV Shows", "TVShows"),
        ("❤ Films", "Films"),
        ("1", "2"),
    ],
)
def test_titles_that_look_different_are_different(one: str, other: str) -> None:
    assert title_key(one) != title_key(other)
    assert resolve_names([one], [Library(7, other, "movie")]).libraries == ()


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Movies, TV Shows", ("Movies", "TV Shows")),
        ("Movies , ,TV Shows,", ("Movies", "TV Shows")),
        ('"Kids, Family", Movies', ("Kids, Family", "Movies")),
        ('Movies,"Kids, Family"', ("Movies", "Kids, Family")),
        ('"Weird" Al, 12" Singles', ('"Weird" Al', '12" Singles')),
        ('"Kids, Family', ('"Kids', "Family")),
        (" , ", ()),
        ('""', ()),
    ],
)
def test_a_list_is_split_at_commas_that_are_not_in_quotes(
    text: str, names: tuple[str, ...]
) -> None:
    assert split_names(text) == names


KIDS_FAMILY = Library(1, "Kids, Family", "movie")
MOVIES = Library(2, "Movies", "movie")
KIDS = Library(3, "Kids", "movie")
FAMILY = Library(4, "Family", "movie")
THREE = Library(5, "Lights, Camera, Action", "movie")


@pytest.mark.parametrize(
    "text",
    [
        "Kids, Family, Movies",
        "Kids,Family,Movies",
        '"Kids, Family", Movies',
        '"Kids, Family", "Movies"',
        'Kids, Family", "Movies',  # after somebody removed the outer quotes
        "Movies, 1",
    ],
)
def test_a_title_with_a_comma_can_be_named(text: str) -> None:
    named = resolve_names(split_names(text), (KIDS_FAMILY, MOVIES, KIDS, THREE))
    assert (set(named.libraries), named.problems) == ({KIDS_FAMILY, MOVIES}, ())


def test_a_title_with_two_commas_can_be_named_between_others() -> None:
    named = resolve_names(
        split_names("Movies, Lights, camera, action, Kids"), (THREE, MOVIES, KIDS)
    )
    assert (named.libraries, named.problems) == ((MOVIES, THREE, KIDS), ())


def test_one_title_with_a_comma_or_two_without_is_a_question_not_a_guess() -> None:
    named = resolve_names(split_names("Kids, Family, Movies"), (KIDS_FAMILY, MOVIES, KIDS, FAMILY))
    assert named.libraries == (MOVIES,)
    (problem,) = named.problems
    assert (problem.code, problem.params["count"]) == ("library.several", 3)
    assert problem.params["name"] == "Kids, Family"
    assert named.unclear == ("Kids, Family",)
