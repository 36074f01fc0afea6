"""A choice of libraries is matched by id, and by title and kind where ids no longer apply."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from helpr_core.domain.library_choice import Choice, chosen_on, find, named_by
from helpr_core.domain.plex import Library, Server
from helpr_core.domain.server_list import Doubt, missing_from, weigh
from helpr_core.texts import Message, say

NOON = datetime(2026, 1, 2, 12, tzinfo=UTC)
MOVIES = Library(11, "Movies", "movie")
SHOWS = Library(12, "TV Shows", "show")
KIDS = Library(13, "Kids", "movie")
HOME = Server("a" * 40, "Home", (MOVIES, SHOWS, KIDS), NOON)
CHOICE = chosen_on(HOME, (MOVIES, SHOWS))


def server(*libraries: Library, machine: str = HOME.machine_identifier) -> Server:
    return replace(HOME, machine_identifier=machine, libraries=libraries)


def test_on_the_same_server_a_library_is_its_id_whatever_its_title() -> None:
    renamed = replace(MOVIES, title="Films")
    found = find(CHOICE, server(KIDS, SHOWS, renamed, Library(99, "Movies", "movie")))
    assert (found.libraries, found.problems) == ((renamed, SHOWS), ())
    assert found.choice.found_again == ()
    assert found.choice.libraries == (renamed, SHOWS)  # so it is stored under its new title


def test_on_a_reinstalled_server_a_library_is_its_title_and_kind() -> None:
    # The ids have changed: another library now has the id of Movies.
    recreated = (
        Library(11, "Kids", "movie"),
        Library(13, "movies", "movie"),
        Library(77, "TV Shows", "show"),
    )
    found = find(CHOICE, server(*recreated, machine="b" * 40))
    assert (found.libraries, found.problems) == ((recreated[1], recreated[2]), ())
    assert found.choice.found_again == ("movies", "TV Shows")
    assert found.choice.machine == "b" * 40


def test_a_library_recreated_on_the_same_server_is_found_by_title_and_kind() -> None:
    recreated = Library(99, "Movies", "movie")
    found = find(CHOICE, server(recreated, SHOWS, KIDS))
    assert (found.libraries, found.problems) == ((recreated, SHOWS), ())
    assert found.choice.found_again == ("Movies",)


def test_another_kind_under_the_same_title_does_not_match() -> None:
    found = find(CHOICE, server(Library(99, "Movies", "photo"), SHOWS))
    assert found.libraries == (SHOWS,)
    (problem,) = found.problems
    assert say(problem) == "“Movies” (Movies) is no longer on the Plex server"


def test_of_several_candidates_none_is_taken() -> None:
    found = find(
        CHOICE, server(Library(98, "Movies", "movie"), Library(99, "MOVIES", "movie"), SHOWS)
    )
    assert found.libraries == (SHOWS,)
    (problem,) = found.problems
    assert (problem.code, problem.params["ids"]) == ("library.not_clear", ("98", "99"))


def test_a_library_that_existed_beside_it_does_not_match() -> None:
    namesake = Library(20, "Movies", "movie")
    choice = chosen_on(server(MOVIES, SHOWS, namesake), (MOVIES, SHOWS))
    found = find(choice, server(SHOWS, namesake))
    assert found.libraries == (SHOWS,)
    assert found.problems[0].code == "library.gone"


def test_one_that_came_later_and_existed_beside_it_does_not_match_either() -> None:
    namesake = Library(20, "Movies", "movie")
    later = find(CHOICE, server(MOVIES, SHOWS, KIDS, namesake)).choice
    assert find(later, server(SHOWS, KIDS, namesake)).libraries == (SHOWS,)


def test_a_missing_library_is_remembered_and_comes_back() -> None:
    without = find(CHOICE, server(SHOWS, KIDS))
    assert without.choice.libraries == (MOVIES, SHOWS)
    assert find(without.choice, HOME).libraries == (MOVIES, SHOWS)


def test_on_another_server_the_id_of_a_missing_library_means_nothing() -> None:
    other = server(Library(77, "TV Shows", "show"), machine="b" * 40)
    lost = find(CHOICE, other).choice
    elsewhere = server(
        Library(77, "TV Shows", "show"), Library(11, "Secret", "movie"), machine="b" * 40
    )
    assert [one.title for one in find(lost, elsewhere).libraries] == ["TV Shows"]


def test_two_chosen_libraries_with_one_title_are_both_found_again() -> None:
    twins = (MOVIES, Library(14, "Movies", "movie"))
    choice = chosen_on(server(*twins), twins)
    recreated = (Library(21, "Movies", "movie"), Library(22, "Movies", "movie"))
    assert find(choice, server(*recreated, machine="b" * 40)).libraries == recreated


@pytest.mark.parametrize("machine", [HOME.machine_identifier, "b" * 40])
def test_an_entry_without_server_or_kinds_is_read_by_its_ids(machine: str) -> None:
    old = Choice((Library(11, "", ""), Library(12, "", "")))
    found = find(old, server(MOVIES, SHOWS, KIDS, machine=machine))
    assert (found.libraries, found.problems) == ((MOVIES, SHOWS), ())
    assert found.choice == replace(CHOICE, machine=machine)


def test_names_are_looked_up_until_each_has_matched_one() -> None:
    found = find(named_by(("Movies", "Serien")), HOME)
    assert found.libraries == (MOVIES,)
    assert found.problems == (Message("library.unknown_name", name="Serien"),)
    later = find(
        found.choice, server(replace(MOVIES, title="Films"), Library(30, "Serien", "show"))
    )
    assert [one.title for one in later.libraries] == ["Films", "Serien"]


def test_names_are_matched_again_on_a_reinstalled_server() -> None:
    # Renamed to Films at some point, and recreated under the name in the setting.
    choice = find(named_by(("Movies",)), HOME).choice
    choice = find(choice, server(replace(MOVIES, title="Films"), SHOWS)).choice
    recreated = Library(50, "Movies", "movie")
    found = find(choice, server(recreated, machine="b" * 40))
    assert (found.libraries, found.problems) == ((recreated,), ())


def answer(*libraries: Library, minutes: int = 0) -> Server:
    return replace(server(*libraries), fetched_at=NOON + timedelta(minutes=minutes))


def test_new_renamed_and_reordered_libraries_are_believed_at_once() -> None:
    fresh = answer(Library(20, "New", "movie"), KIDS, replace(SHOWS, title="Series"), MOVIES)
    assert weigh(fresh, HOME, None) == (fresh, None)


def test_an_empty_answer_is_never_believed() -> None:
    doubt: Doubt | None = None
    for minutes in range(0, 10_000, 60):
        known, doubt = weigh(answer(minutes=minutes), HOME, doubt)
        assert known.libraries == HOME.libraries
        assert doubt is not None
        assert doubt.nothing


def test_a_partial_answer_is_believed_after_three_in_ten_minutes() -> None:
    doubt: Doubt | None = None
    for minutes in (0, 1, 9):
        known, doubt = weigh(answer(MOVIES, KIDS, minutes=minutes), HOME, doubt)
        assert known.libraries == (MOVIES, SHOWS, KIDS)
        assert doubt is not None
        assert doubt.missing == (SHOWS.id,)
    assert weigh(answer(MOVIES, KIDS, minutes=10), HOME, doubt) == (
        answer(MOVIES, KIDS, minutes=10),
        None,
    )


def test_two_answers_far_apart_are_not_enough() -> None:
    _, doubt = weigh(answer(MOVIES, KIDS), HOME, None)
    known, _ = weigh(answer(MOVIES, KIDS, minutes=600), HOME, doubt)
    assert SHOWS in known.libraries


def test_answers_that_lack_different_libraries_are_not_believed() -> None:
    doubt: Doubt | None = None
    for number in range(20):
        rest = (MOVIES, KIDS) if number % 2 else (SHOWS, KIDS)
        known, doubt = weigh(answer(*rest, minutes=10 * number), HOME, doubt)
        assert set(known.libraries) == {MOVIES, SHOWS, KIDS}


def test_a_clock_that_is_set_back_restarts_the_count() -> None:
    doubt: Doubt | None = None
    for minutes in (0, 9, -60, -59):
        known, doubt = weigh(answer(MOVIES, KIDS, minutes=minutes), HOME, doubt)
        assert SHOWS in known.libraries


def test_a_recreated_library_is_not_missing() -> None:
    assert missing_from(answer(Library(99, "movies", "movie"), SHOWS, KIDS), HOME) == ()
    twins = (Library(98, "Movies", "movie"), Library(99, "Movies", "movie"))
    assert missing_from(answer(*twins, SHOWS, KIDS), HOME) == (MOVIES,)
