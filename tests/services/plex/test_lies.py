"""plex.tv answers 200 and leaves things out: it is asked again, and no request suffers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from demo_plex import LIBRARIES, DemoPlex
from helpr_core.domain import messages
from helpr_core.domain.advice import advise
from helpr_core.domain.checks import Check, Severity
from helpr_core.domain.identity import parse_identity
from helpr_core.domain.messages import friend_message
from helpr_core.domain.requests import Status
from helpr_core.errors import SetupRequired
from helpr_core.services.plex.errors import PlexListsNothing, PlexServerUnknown
from helpr_core.services.ports import PLEX, SITE
from helpr_core.texts import say
from tests.services.conftest import NewWorker
from tests.services.plex.test_libraries import believe, make_libraries
from tests.services.worker import OWNER, Worker

MOVIES, SHOWS, MUSIC, KIDS = (library.id for library in LIBRARIES)
OTHER = "ab" * 20
LISTS = f"/api/servers/{'de30' * 10}$"
NO = b'<Response code="400" status="No."/>'
NOT_FOUND = b"<errors><error>Not found</error></errors>"
LIES = [{"rows": 0}, {"rows": 1}, {"rows": 3}]


@pytest.fixture
def worker(new_worker: NewWorker) -> Worker:
    """A warm worker; these tests do not depend on the database."""
    return new_worker().warm_up()


def reinstall(plex: DemoPlex, *titles: tuple[str, str]) -> None:
    """Another machine identifier, other ids; by default the same titles in another order."""
    wanted = titles or tuple((one.title, one.type) for one in reversed(LIBRARIES))
    plex.change(
        machine_identifier=OTHER,
        libraries=[
            {"id": 218000000 + number, "key": number, "type": kind, "title": title}
            for number, (title, kind) in enumerate(wanted)
        ],
    )


def carried(worker: Worker) -> list[tuple[int, ...]]:
    """The libraries of each invitation."""
    return [call.library_ids or () for call in worker.plex.calls if call.method == "POST"]


def checks(worker: Worker) -> dict[str, Check]:
    return {one.name: one for one in worker.parts.upkeep.connection_check()()}


def summary(worker: Worker) -> dict[str, Check]:
    return {one.name: one for one in worker.parts.upkeep.overview()().checks}


def test_one_refusal_and_one_empty_list_close_nothing(
    worker: Worker, new_worker: NewWorker
) -> None:
    assert worker.send("first").status is Status.SUCCESS
    worker.plex.fail("status", status=400, method="POST", body=NO)
    worker.plex.fail("partial", rows=0, path_prefix=LISTS)
    worker.send("unlucky")
    assert len(worker.rows()) == 2
    restarted = new_worker()
    for one in (worker, restarted):
        assert [lib.title for lib in one.shared.offered()] == ["Movies", "TV Shows"]
        one.clock.forward(days=2)
        assert one.send(f"friend-{id(one)}").status is Status.SUCCESS
    assert set(carried(worker)) == {(MOVIES, SHOWS)}


def test_a_refusal_while_no_library_is_listed_is_not_final(worker: Worker) -> None:
    worker.plex.fail("status", status=400, method="POST", body=NO)
    worker.plex.fail("partial", rows=0, path_prefix=LISTS, times=0)
    row = worker.send("alice")
    assert (row.status, row.error_code) == (Status.QUEUED, PlexListsNothing.code)
    assert friend_message(row) == messages.IN_LINE
    assert worker.send("bob").status is Status.SUCCESS
    worker.clock.forward(minutes=1)
    worker.housekeeping()
    assert {status for _, status in worker.rows()} == {"success"}


@pytest.mark.parametrize("lie", LIES)
@pytest.mark.parametrize("times", [1, 0])
def test_an_incomplete_list_removes_nothing_from_any_invite(
    worker: Worker, new_worker: NewWorker, lie: dict[str, int], times: int
) -> None:
    worker.plex.fail("partial", path_prefix=LISTS, times=times, **lie)
    worker.catalog.refresh()
    doubt = worker.catalog.doubt()
    assert (doubt is None) is (times == 1)  # asked again at once
    for number, one in enumerate((worker, new_worker())):
        assert [lib.id for lib in one.shared.offered()] == [MOVIES, SHOWS]
        assert one.send(f"friend-{number}").status is Status.SUCCESS
    assert carried(worker) == [(MOVIES, SHOWS)] * 2


@pytest.mark.parametrize("lie", LIES)
def test_the_owner_is_told_while_a_list_is_incomplete_and_it_recovers_by_itself(
    worker: Worker, lie: dict[str, int]
) -> None:
    worker.plex.fail("partial", path_prefix=LISTS, times=0, **lie)
    listing = worker.shared.list(refresh=True)
    assert [one.library.id for one in listing.libraries] == [one.id for one in LIBRARIES]
    assert [one.library.id for one in listing.libraries if one.shared] == [MOVIES, SHOWS]
    (told,) = listing.notices
    assert told.code in ("libraries.not_listed", "libraries.none_listed")
    for found in (checks(worker), summary(worker)):
        assert found["libraries"].severity is Severity.WARNING
        assert say(told) in say(found["libraries"].detail)
    worker.plex.clear_faults()
    worker.clock.forward(minutes=5)
    worker.housekeeping()
    assert worker.catalog.doubt() is None
    assert summary(worker)["libraries"].ok


def test_a_doubtful_answer_is_checked_after_a_minute_and_not_sooner(worker: Worker) -> None:
    worker.plex.fail("partial", path_prefix=LISTS, times=0)
    worker.catalog.refresh()
    worker.plex.clear_calls()
    worker.catalog.look_again()
    assert worker.plex.calls == []
    worker.clock.forward(minutes=1)
    worker.catalog.look_again()
    assert worker.plex.count("GET") == 2


def test_a_trusted_answer_is_refreshed_once_an_hour_by_housekeeping(worker: Worker) -> None:
    worker.clock.forward(minutes=59)
    worker.housekeeping()
    assert worker.plex.calls == []
    worker.clock.forward(minutes=1)
    worker.housekeeping()
    assert [call.path for call in worker.plex.calls] == [LISTS[:-1]]


@pytest.mark.parametrize("rows", [0, 1])
def test_a_first_answer_that_is_incomplete_is_asked_again(
    plex: DemoPlex, new_worker: NewWorker, rows: int
) -> None:
    plex.fail("partial", path_prefix=LISTS, rows=rows)
    worker = new_worker()
    assert worker.send("alice").status is Status.SUCCESS
    assert carried(worker) == [(MOVIES, SHOWS)]


def test_a_server_without_libraries_keeps_requests_and_shows_the_owner_an_error(
    plex: DemoPlex, new_worker: NewWorker
) -> None:
    worker = new_worker()
    plex.fail("partial", path_prefix=LISTS, times=0)
    row = worker.send("alice")
    assert (row.status, row.error_code) == (Status.QUEUED, PlexListsNothing.code)
    assert [lib.title for lib in worker.shared.offered()] == ["Movies", "TV Shows"]
    for found in (checks(worker)["libraries"], summary(worker)["server"]):
        assert found.severity is Severity.ERROR
        assert "lists no library at all" in say(found.detail)
    plex.clear_faults()
    worker.clock.forward(minutes=1)
    worker.housekeeping()
    assert [who for who, status in worker.rows() if status == "success"] == ["alice"]


def test_an_empty_list_stored_by_an_earlier_version_is_ignored(
    worker: Worker, new_worker: NewWorker
) -> None:
    (entry,) = [one for one in worker.state.list(PLEX) if "libraries" in one.value]
    worker.state.put(PLEX, entry.key, {**entry.value, "libraries": []})
    restarted = new_worker()
    assert [lib.title for lib in restarted.shared.offered()] == ["Movies", "TV Shows"]
    assert restarted.send("alice").status is Status.SUCCESS


def test_a_partial_list_stored_by_an_earlier_version_recovers(
    worker: Worker, new_worker: NewWorker
) -> None:
    (entry,) = [one for one in worker.state.list(PLEX) if "libraries" in one.value]
    worker.state.put(PLEX, entry.key, {**entry.value, "libraries": entry.value["libraries"][:1]})
    restarted = new_worker()
    assert [lib.id for lib in restarted.shared.offered()] == [MOVIES, SHOWS]
    assert restarted.send("alice").status is Status.SUCCESS
    assert carried(worker) == [(MOVIES, SHOWS)]


def test_a_reinstalled_server_is_found_and_the_owner_is_told(
    worker: Worker, new_worker: NewWorker
) -> None:
    reinstall(worker.plex)
    assert worker.send("alice").status is Status.SUCCESS
    new_ids = {one.title: one.id for one in worker.plex.libraries}
    wanted = (new_ids["Movies"], new_ids["TV Shows"])
    assert carried(worker) == [(MOVIES, SHOWS), wanted]
    worker.plex.clear_calls()
    restarted = new_worker()
    assert restarted.send("bob").status is Status.SUCCESS
    assert [call.method for call in worker.plex.calls] == ["POST"]
    for one in (worker, restarted):
        check = summary(one)["libraries"]
        assert check.severity is Severity.WARNING
        assert "“Movies” and “TV Shows”: recreated in Plex" in say(check.detail)
    restarted.shared.choose(wanted, "owner")
    assert summary(restarted)["libraries"].ok


def test_a_choice_for_one_invite_survives_a_reinstalled_server(worker: Worker) -> None:
    worker.plex.fail("status", status=503, method="POST")
    row = worker.parts.requests.owners().invite(parse_identity("alice"), [KIDS], OWNER)
    assert row.status is Status.QUEUED
    reinstall(worker.plex)
    worker.clock.forward(minutes=1)
    worker.housekeeping()
    new_ids = {one.title: one.id for one in worker.plex.libraries}
    assert carried(worker)[-1] == (new_ids["Kids"],)


@pytest.mark.parametrize("stored", ["this version", "ids and titles", "ids alone"])
def test_a_saved_choice_survives_a_reinstalled_server(
    worker: Worker, new_worker: NewWorker, stored: str
) -> None:
    worker.shared.choose([KIDS, MUSIC], "owner")
    entry = worker.state.get(SITE, "libraries")
    assert entry is not None
    libraries = entry.value["libraries"]
    if stored != "this version":
        written = libraries if stored == "ids and titles" else [KIDS, MUSIC]
        worker.state.put(SITE, "libraries", {"libraries": written, "names": None})
        # The next one saw the old server before it was reinstalled.
        new_worker().send("before")
    reinstall(worker.plex)
    restarted = new_worker(libraries=[])
    assert restarted.send("alice").status is Status.SUCCESS
    new_ids = {one.title: one.id for one in worker.plex.libraries}
    assert carried(worker)[-1] == (new_ids["Kids"], new_ids["Music"])


def test_on_a_reinstalled_server_the_rest_is_sent_and_missing_libraries_are_named(
    worker: Worker,
) -> None:
    reinstall(worker.plex, ("Movies", "movie"), ("Series", "show"))
    assert worker.send("alice").status is Status.SUCCESS
    assert carried(worker)[-1] == (218000000,)
    check = summary(worker)["libraries"]
    assert check.severity is Severity.WARNING
    assert "“TV Shows” is no longer on the Plex server" in say(check.detail)
    assert "The server has: “Movies” and “Series”" in say(check.fix)


def test_of_several_candidates_none_is_sent_and_the_request_is_kept(worker: Worker) -> None:
    reinstall(
        worker.plex,
        ("Movies", "movie"),
        ("movies", "movie"),
        ("TV shows", "show"),
        ("TV Shows", "show"),
    )
    row = worker.send("alice")
    assert (row.status, row.error_code) == (Status.QUEUED, "setup_required")
    assert friend_message(row) == messages.OWNER_FIRST
    assert worker.plex.shares == []
    check = summary(worker)["libraries"]
    assert check.severity is Severity.ERROR
    assert "several libraries have that name: 218000000 and 218000001" in say(check.detail)
    worker.shared.choose([218000000, 218000002], "owner")
    worker.clock.forward(minutes=1)
    worker.housekeeping()
    assert carried(worker)[-1] == (218000000, 218000002)


def test_the_form_stays_open_while_the_chosen_libraries_are_gone(
    worker: Worker, new_worker: NewWorker
) -> None:
    make_libraries(worker.plex, (5, "New"))
    believe(worker)
    for one in (worker, new_worker()):
        assert [lib.title for lib in one.shared.offered()] == ["Movies", "TV Shows"]
        row = one.send(f"friend-{id(one)}")
        assert (row.status, row.error_code) == (Status.QUEUED, "setup_required")
    assert summary(worker)["libraries"].severity is Severity.ERROR


def test_a_library_recreated_on_the_same_server_is_the_same(worker: Worker) -> None:
    others = [(one.id, one.title, one.type) for one in LIBRARIES[1:]]
    worker.plex.change(
        libraries=[
            {"id": number, "key": key, "type": kind, "title": title}
            for key, (number, title, kind) in enumerate([*others, (300, "movies", "movie")])
        ]
    )
    assert worker.send("alice").status is Status.SUCCESS
    assert carried(worker) == [(MOVIES, SHOWS), (300, SHOWS)]


def test_libraries_in_another_order_are_the_same(worker: Worker) -> None:
    worker.plex.stage.plex.world.libraries = tuple(reversed(LIBRARIES))
    worker.catalog.refresh()
    assert worker.catalog.doubt() is None
    assert worker.send("alice").status is Status.SUCCESS
    assert carried(worker) == [(MOVIES, SHOWS)]


def test_a_renamed_server_keeps_working_and_the_owner_is_told(worker: Worker) -> None:
    worker.plex.change(server_name="Home Cinema")
    assert worker.send("alice").status is Status.SUCCESS
    check = checks(worker)["server"]
    assert check.severity is Severity.WARNING
    assert "“Demo Plex” is now called “Home Cinema” in Plex" in say(check.detail)
    assert worker.plex.machine_identifier in say(check.fix)
    assert worker.parts.site.server_name() == "Home Cinema"


def test_a_second_server_with_that_name_changes_nothing_and_the_owner_is_told(
    worker: Worker,
) -> None:
    worker.plex.change(other_servers={OTHER: "demo plex"})
    worker.catalog.refresh()
    assert worker.send("alice").status is Status.SUCCESS
    check = checks(worker)["server"]
    assert check.severity is Severity.WARNING
    assert "2 servers" in say(check.detail)
    assert f"Invites go to {worker.plex.machine_identifier}" in say(check.detail)
    assert checks(worker)["libraries"].ok


def test_a_known_server_is_not_swapped_for_its_namesake_by_one_answer(worker: Worker) -> None:
    worker.plex.change(other_servers={OTHER: "Demo Plex"}, listed=False)
    worker.plex.fail("status", status=404, path_prefix=LISTS, body=NOT_FOUND)
    worker.catalog.refresh()
    server = worker.catalog.known()
    assert server is not None
    assert server.machine_identifier == worker.plex.machine_identifier


def test_two_unknown_servers_with_one_name_are_left_to_the_owner(
    plex: DemoPlex, new_worker: NewWorker
) -> None:
    plex.change(other_servers={OTHER: "Demo Plex"})
    worker = new_worker()
    row = worker.send("alice")
    assert (row.status, row.error_code) == (Status.QUEUED, "plex_servers_alike")
    assert friend_message(row) == messages.OWNER_FIRST
    assert row.error_message == advise("plex_servers_alike")
    check = checks(worker)["server"]
    assert check.severity is Severity.ERROR
    assert plex.machine_identifier in say(check.detail)
    assert OTHER in say(check.detail)
    assert summary(worker)["server"].severity is Severity.ERROR
    with pytest.raises(SetupRequired, match="several servers"):
        worker.shared.offered()


def test_a_machine_identifier_is_accepted_as_the_servers_name(
    plex: DemoPlex, new_worker: NewWorker, tmp_path: Path
) -> None:
    plex.change(other_servers={OTHER: "Demo Plex"})
    worker = new_worker(server_name=plex.machine_identifier.upper())
    assert worker.send("alice").status is Status.SUCCESS
    check = checks(worker)["server"]
    assert (check.severity, say(check.detail)) == (Severity.OK, "Demo Plex, owned by this account")
    assert worker.parts.site.summary().server_name == "Demo Plex"
    unknown = new_worker(f"sqlite:///{tmp_path}/other.db", server_name="cd" * 20)
    plex.fail("status", status=503, times=0)
    assert unknown.parts.site.summary().server_name == "this Plex server"


def test_a_wrong_server_name_is_an_error_for_the_owner_and_no_outage_for_the_friend(
    plex: DemoPlex, new_worker: NewWorker
) -> None:
    plex.change(other_servers={OTHER: "Cabin"})
    worker = new_worker(server_name="Home Cinema")
    row = worker.send("alice")
    assert (row.status, row.error_code) == (Status.QUEUED, PlexServerUnknown.code)
    assert friend_message(row) != messages.QUEUED
    assert friend_message(row) == messages.OWNER_FIRST
    check = checks(worker)["server"]
    assert check.severity is Severity.ERROR
    assert f"“Demo Plex” ({plex.machine_identifier}) and “Cabin” ({OTHER})" in say(check.detail)
    for one in (worker, new_worker(server_name="Home Cinema")):
        assert summary(one)["server"].severity is Severity.ERROR
    with pytest.raises(SetupRequired, match="It owns “Demo Plex” and “Cabin”"):
        worker.shared.offered()


def test_a_server_missing_from_one_answer_is_asked_for_again(
    plex: DemoPlex, new_worker: NewWorker
) -> None:
    plex.fail("partial", rows=1, path_prefix="/api/v2/resources")
    assert new_worker().send("alice").status is Status.SUCCESS


@pytest.mark.parametrize(
    ("names", "problem"),
    [
        (["Movies", "TV Show"], "“TV Show” is not a library of the server"),
        (["Movies", "Kids "], ""),
        (["Movies", "118181364"], ""),
        (["Movies", "118181300"], "“118181300” is not a library of the server"),
    ],
)
def test_partly_wrong_names_are_a_warning_everywhere(
    plex: DemoPlex, new_worker: NewWorker, names: list[str], problem: str
) -> None:
    worker = new_worker(libraries=names)
    assert worker.send("alice").status is Status.SUCCESS
    for found in (checks(worker)["libraries"], summary(worker)["libraries"]):
        assert found.ok is (not problem)
        assert problem in say(found.detail)
        if problem:
            assert found.severity is Severity.WARNING
            assert "“Movies”, “TV Shows”, “Music” and “Kids”" in say(found.fix)
    assert any(problem in say(told) for told in worker.shared.list(refresh=False).notices) is bool(
        problem
    )


def test_a_wrong_name_costs_friends_few_calls(
    plex: DemoPlex, new_worker: NewWorker, monkeypatch: pytest.MonkeyPatch
) -> None:
    worker = new_worker(libraries=["Movies", "TV Show"]).warm_up()
    seconds = [0.0]
    monkeypatch.setattr(
        "helpr_core.services.plex.libraries.time.monotonic", lambda: seconds[0] + 1e6
    )
    for _ in range(60):  # an hour
        seconds[0] += 60
        assert [lib.title for lib in worker.shared.offered()] == ["Movies"]
    assert 1 <= worker.plex.count("GET") <= 10


def test_a_choice_in_which_one_library_vanished_warns(worker: Worker) -> None:
    worker.shared.choose([MOVIES, KIDS], "owner")
    make_libraries(worker.plex, (MOVIES, "Movies"), (5, "New"))
    believe(worker)
    check: Any = summary(worker)["libraries"]
    assert check.severity is Severity.WARNING
    assert "“Kids” is no longer on the Plex server" in say(check.detail)
    assert "Choose the libraries on the dashboard again" in say(check.fix)
