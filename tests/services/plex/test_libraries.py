"""Which libraries are shared: never all of them by accident."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from demo_plex import LIBRARIES, DemoPlex
from helpr_core.domain.plex import Library
from helpr_core.errors import FieldError, InvalidInput, SetupRequired
from helpr_core.services.plex.errors import PlexError
from helpr_core.texts import Message
from tests.services.conftest import NewWorker
from tests.services.worker import Worker

MOVIES, SHOWS, MUSIC, KIDS = (library.id for library in LIBRARIES)


def shared(worker: Worker) -> list[int]:
    return [library.id for library in worker.shared.to_share(worker.catalog.server())]


def make_libraries(plex: DemoPlex, *libraries: tuple[int, str]) -> None:
    plex.change(
        libraries=[
            {"id": number, "key": key, "type": "movie", "title": title}
            for key, (number, title) in enumerate(libraries)
        ]
    )


def believe(worker: Worker) -> None:
    """Plex's list has been the same for ten minutes."""
    for _ in range(3):
        worker.catalog.refresh()
        worker.clock.forward(minutes=5)


def test_the_names_in_the_setting_are_shared(new_worker: NewWorker) -> None:
    assert shared(new_worker(libraries=["tv shows", "Movies"])) == [SHOWS, MOVIES]


def test_while_no_library_is_named_nothing_is_shared(plex: DemoPlex, new_worker: NewWorker) -> None:
    worker = new_worker(libraries=[])
    for ask in (worker.shared.require_some, worker.shared.offered, lambda: shared(worker)):
        with pytest.raises(SetupRequired) as refused:
            ask()
        assert refused.value.problems[0].field == "PLEX_LIBRARIES"


def test_names_are_resolved_once_so_a_renamed_library_stays_shared(
    plex: DemoPlex, new_worker: NewWorker
) -> None:
    assert shared(new_worker()) == [MOVIES, SHOWS]
    make_libraries(plex, (MOVIES, "Films"), (SHOWS, "Series"), (9, "Movies"))
    worker = new_worker()
    worker.catalog.refresh()
    assert shared(worker) == [MOVIES, SHOWS]
    assert [library.title for library in worker.shared.offered()] == ["Films", "Series"]


def test_new_names_in_the_setting_are_resolved_again(new_worker: NewWorker) -> None:
    assert shared(new_worker()) == [MOVIES, SHOWS]
    assert shared(new_worker(libraries=["Kids"])) == [KIDS]
    assert shared(new_worker(libraries=["Music", "Kids"])) == [MUSIC, KIDS]


def test_an_unknown_name_is_left_out_and_the_others_are_shared(
    new_worker: NewWorker,
) -> None:
    assert shared(new_worker(libraries=["Filme", "Kids"])) == [KIDS]


def test_if_no_name_is_known_nothing_is_shared_and_the_names_are_reported(
    new_worker: NewWorker,
) -> None:
    with pytest.raises(SetupRequired, match="“Filme” is not a library"):
        shared(new_worker(libraries=["Filme"]))


def test_two_libraries_with_one_name_are_distinguished_by_their_ids(
    plex: DemoPlex, new_worker: NewWorker
) -> None:
    make_libraries(plex, (7, "Movies"), (8, "movies"))
    with pytest.raises(SetupRequired, match=r"7 \(Movies\) and 8 \(Movies\)"):
        shared(new_worker(libraries=["Movies"]))
    assert shared(new_worker(libraries=["8"])) == [8]


def test_a_library_that_was_added_a_minute_ago_is_found(
    plex: DemoPlex, new_worker: NewWorker
) -> None:
    new_worker().warm_up()
    make_libraries(plex, (MOVIES, "Movies"), (5, "New"))
    assert shared(new_worker(libraries=["New"])) == [5]


def test_the_owners_choice_wins_over_the_setting_on_every_worker(
    plex: DemoPlex, new_worker: NewWorker
) -> None:
    worker = new_worker()
    listing = worker.shared.choose([KIDS, MUSIC, KIDS], "owner")
    assert [each.library.id for each in listing.libraries if each.shared] == [MUSIC, KIDS]
    assert shared(worker) == [KIDS, MUSIC]
    for names in ([], ["Movies"], ["Filme"]):
        assert shared(new_worker(libraries=names)) == [KIDS, MUSIC]


def test_a_simultaneous_choice_of_the_owner_wins_over_resolved_names(
    plex: DemoPlex, new_worker: NewWorker
) -> None:
    worker, owner = new_worker(), new_worker()
    worker.shared.require_some()  # it has read that there is no choice
    owner.shared.choose([KIDS], "owner")
    assert shared(worker) == [KIDS]


def test_an_empty_choice_is_refused_and_changes_nothing(new_worker: NewWorker) -> None:
    worker = new_worker()
    worker.shared.choose([KIDS], "owner")
    with pytest.raises(InvalidInput) as refused:
        worker.shared.choose([], "owner")
    assert refused.value.errors == (FieldError("shared", Message("field.libraries_none")),)
    assert shared(worker) == [KIDS]


def test_an_unknown_library_is_refused_after_asking_plex_again(
    plex: DemoPlex, new_worker: NewWorker
) -> None:
    worker = new_worker().warm_up()
    with pytest.raises(InvalidInput) as refused:
        worker.shared.choose([MOVIES, 5], "owner")
    message = Message("field.libraries_unknown", ids="5")
    assert refused.value.errors == (FieldError("shared", message),)
    assert plex.count("GET") == 1
    assert shared(worker) == [MOVIES, SHOWS]
    make_libraries(plex, (MOVIES, "Movies"), (5, "New"))
    worker.shared.choose([MOVIES, 5], "owner")
    assert shared(worker) == [MOVIES, 5]


def test_libraries_that_vanished_are_left_out_until_none_is_left(
    plex: DemoPlex, new_worker: NewWorker
) -> None:
    worker = new_worker()
    worker.shared.choose([MOVIES, KIDS], "owner")
    make_libraries(plex, (KIDS, "Kids"), (5, "New"))
    believe(worker)
    assert shared(worker) == [KIDS]
    make_libraries(plex, (5, "New"))
    believe(worker)
    with pytest.raises(SetupRequired, match="no longer on the Plex server"):
        shared(worker)


def test_all_libraries_are_listed_even_while_none_is_shared(new_worker: NewWorker) -> None:
    listing = new_worker(libraries=[]).shared.list(refresh=False)
    assert [(each.library.id, each.shared) for each in listing.libraries] == [
        (library.id, False) for library in LIBRARIES
    ]


def test_a_listing_asks_plex_only_when_told_to(plex: DemoPlex, new_worker: NewWorker) -> None:
    worker = new_worker().warm_up()
    worker.shared.list(refresh=False)
    assert plex.calls == []
    worker.shared.list(refresh=True)
    assert plex.count("GET") == 1


def test_while_plex_is_down_the_page_shows_the_names_and_asks_seldom(
    plex: DemoPlex, new_worker: NewWorker
) -> None:
    worker = new_worker()
    plex.fail("status", status=503, times=0)
    names = (Library(0, "Movies", ""), Library(0, "TV Shows", ""))
    assert [worker.shared.offered() for _ in range(3)] == [names] * 3
    assert plex.count("GET") == 1


def test_a_wrong_name_does_not_make_every_visit_ask_plex(
    plex: DemoPlex, new_worker: NewWorker
) -> None:
    worker = new_worker(libraries=["Filme"])
    for _ in range(5):
        with pytest.raises(SetupRequired):
            worker.shared.offered()
    assert plex.count("GET") <= 3


def test_a_choice_can_be_saved_only_if_plex_knows_the_server(
    plex: DemoPlex, new_worker: NewWorker
) -> None:
    plex.fail("status", status=500, times=0)
    with pytest.raises(PlexError):
        new_worker().shared.choose([MOVIES], "owner")


def test_no_invite_queries_the_table_of_the_owners_settings(new_worker: NewWorker) -> None:
    new_worker().warm_up().send("the-very-first")
    cold = new_worker()
    asked: list[str] = []
    sa.event.listen(
        cold.database._engine, "before_cursor_execute", lambda *given: asked.append(given[2])
    )
    cold.send("on-a-cold-worker")
    cold.send("on-a-warm-worker")
    assert asked != []
    assert [statement for statement in asked if "decisions" in statement] == []
