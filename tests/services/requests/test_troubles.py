"""Lost answers, repeats and failing stores: at most one invite, and honest answers."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from threading import Barrier

import pytest

from demo_plex import LIBRARIES, DemoPlex
from helpr_core.domain.audit import FRIEND
from helpr_core.domain.identity import parse_identity
from helpr_core.domain.requests import InviteRequest, Source, Status
from helpr_core.errors import StateUnavailable, Unavailable
from helpr_core.services.site.settings import SiteSettings
from tests.servers.server_process import free_port
from tests.services.conftest import NewWorker
from tests.services.requests.test_submit import MINUTE
from tests.services.worker import BROWSER, NOON, OWNER, Worker, when_asked
from tests.waiting import never_too_early, soon

THREADS = 16


@pytest.mark.parametrize("who", ["alice", "alice@example.com", "nobody@example.com", "friend"])
def test_a_lost_answer_about_a_sent_invite_is_recovered_from_the_list(
    worker: Worker, who: str
) -> None:
    worker.plex.fail("drop_after", method="POST")
    row = worker.send(who)
    assert (row.status, row.error_code) == (Status.SUCCESS, None)
    assert row.accepted_at == (NOON if who == "friend" else None)
    looks = 1 if who == "friend" else 2  # is the invitation of a pending share still there?
    assert [call.method for call in worker.plex.calls] == ["POST", *["GET"] * looks]
    assert len(worker.plex.shares) == 1


def test_a_lost_answer_about_an_unsent_invite_is_kept(worker: Worker) -> None:
    worker.plex.share("bob")
    worker.plex.fail("drop", method="POST")
    row = worker.send("alice")
    assert (row.status, row.error_code) == (Status.QUEUED, "plex_answer_lost")
    assert row.next_attempt_at == NOON + MINUTE
    assert [call.method for call in worker.plex.calls] == ["POST", "GET"]


def test_a_lost_answer_that_cannot_be_checked_is_kept_and_not_resent(worker: Worker) -> None:
    worker.plex.fail("drop_after", method="POST")
    worker.plex.fail("status", status=500, method="GET", times=0)
    row = worker.send("alice")
    assert (row.status, row.error_code) == (Status.QUEUED, "plex_answer_lost")
    assert worker.plex.count("POST") == 1


def test_an_answer_lost_after_a_refresh_is_looked_up_on_the_new_server(worker: Worker) -> None:
    worker.plex.change(machine_identifier="ab" * 20)
    worker.plex.fail("drop_after", method="POST", path_prefix=f"/api/servers/{'ab' * 20}/")
    assert worker.send("alice").status is Status.SUCCESS
    assert len(worker.plex.shares) == 1


def test_an_outcome_that_cannot_be_written_is_reported_and_the_row_stays_pending(
    worker: Worker,
) -> None:
    with when_asked(worker.plex, "POST", worker.hide_tables):
        row = worker.send("alice")
    assert (row.status, row.sent_at) == (Status.SUCCESS, NOON)
    assert worker.plex.share_of("alice") is not None
    worker.restore_tables()
    assert worker.rows() == [("alice", "pending")]


def test_sixteen_submissions_by_one_person_on_four_instances_are_one_post(
    plex: DemoPlex, new_worker: NewWorker, database_url: str
) -> None:
    workers = [new_worker(database_url).warm_up() for _ in range(4)]
    plex.stage.latency_seconds = 0.2
    together = Barrier(THREADS)

    def submit(number: int) -> InviteRequest:
        together.wait()
        return workers[number % 4].send("Alice" if number % 3 else "ALICE")

    with ThreadPoolExecutor(THREADS) as threads:
        rows = list(threads.map(submit, range(THREADS)))
    assert {row.status for row in rows} == {Status.SUCCESS}
    assert len(set(rows)) == 1
    assert plex.count("POST") == 1
    assert len(workers[0].rows()) == 1


def test_sixteen_people_at_once_are_sixteen_posts(plex: DemoPlex, worker: Worker) -> None:
    people = [f"person{number}" for number in range(THREADS)]
    plex.stage.latency_seconds = 0.05
    with ThreadPoolExecutor(THREADS) as threads:
        rows = list(threads.map(worker.send, people))
    assert [(row.email_or_username, row.status) for row in rows] == [
        (person, Status.SUCCESS) for person in people
    ]
    assert sorted(str(call.invited) for call in plex.calls) == sorted(people)


def test_a_double_click_is_answered_from_the_row(worker: Worker) -> None:
    first = worker.send("alice")
    worker.clock.forward(seconds=9)
    assert worker.send(" ALICE ") == first
    assert worker.plex.count("POST") == 1


def test_a_later_submission_is_answered_by_plex(worker: Worker) -> None:
    first = worker.send("alice")
    worker.plex.withdraw("alice")
    worker.clock.forward(seconds=10)
    again = worker.send("alice")
    assert (again.status, again.request_id == first.request_id) == (Status.SUCCESS, False)
    assert worker.plex.count("POST") == 2
    assert worker.plex.share_of("alice") is not None


def test_an_answer_that_timed_out_is_looked_up_later(
    worker: Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("helpr_core.adapters.plex.account.TOTAL_SECONDS", 0.3)
    worker.plex.fail("slow_body", method="POST")  # it is carried out
    rows = [worker.send(f"friend{number}") for number in range(3)]
    assert {row.status for row in rows} == {Status.QUEUED}
    assert [call.method for call in worker.plex.calls] == ["POST"]
    monkeypatch.undo()
    worker.clock.forward(minutes=1)
    assert worker.housekeeping()[0] == {"sent": 3}
    assert worker.plex.count("POST") == 3  # one for each


def test_a_read_that_times_out_is_no_invite_that_may_have_been_sent(
    plex: DemoPlex, new_worker: NewWorker
) -> None:
    plex.share("alice")
    plex.fail("drop", method="GET")
    worker = new_worker()
    assert worker.send("alice").error_code == "plex_unavailable"
    worker.clock.forward(minutes=1)
    worker.housekeeping()
    assert worker.rows() == [("alice", "failed")]  # "already shared": nothing was sent


def test_a_share_that_was_left_behind_is_removed_and_the_invite_sent(worker: Worker) -> None:
    worker.plex.share("alice")
    worker.plex.leave_behind("alice")
    row = worker.send("alice")
    assert (row.status, row.error_code) == (Status.SUCCESS, None)
    assert [share.invite_listed for share in worker.plex.shares] == [True]
    assert [call.method for call in worker.plex.calls] == [
        "POST",
        "GET",
        "GET",
        "GET",
        "DELETE",
        "POST",
    ]


def test_a_share_that_was_left_behind_is_not_taken_for_a_lost_answers_invite(
    worker: Worker,
) -> None:
    worker.plex.share("alice")
    worker.plex.leave_behind("alice")
    worker.plex.fail("drop", method="POST")
    assert worker.send("alice").status is Status.QUEUED
    worker.clock.forward(minutes=1)
    assert worker.housekeeping()[0] == {"sent": 1}
    assert [share.invite_listed for share in worker.plex.shares] == [True]


@pytest.mark.parametrize("status", [403, 404, 410])
def test_no_share_is_removed_while_the_invitations_cannot_be_listed(
    worker: Worker, status: int
) -> None:
    worker.plex.share("alice")
    worker.plex.leave_behind("alice")
    worker.plex.fail("status", status=status, path_prefix="/api/invites", times=0)
    row = worker.send("alice")
    assert (row.status, row.error_code) == (Status.FAILED, "already_shared")
    assert worker.plex.count("DELETE") == 0


def test_a_share_that_cannot_be_removed_now_is_tried_again(worker: Worker) -> None:
    worker.plex.share("alice")
    worker.plex.leave_behind("alice")
    worker.plex.fail("status", status=500, method="DELETE")
    assert worker.send("alice").status is Status.QUEUED
    worker.clock.forward(minutes=1)
    assert worker.housekeeping()[0] == {"sent": 1}


@pytest.mark.parametrize("accepted", [False, True])
def test_the_owner_is_answered_by_plex_and_not_from_the_record(
    worker: Worker, accepted: bool
) -> None:
    invite = worker.parts.requests.owners().invite
    assert invite(parse_identity("alice"), None, OWNER).status is Status.SUCCESS
    worker.plex.withdraw("alice")
    assert invite(parse_identity("alice"), None, OWNER).status is Status.SUCCESS
    assert worker.plex.share_of("alice") is not None
    if accepted:
        worker.plex.accept("alice")
    assert invite(parse_identity("alice"), None, OWNER).error_code == "already_shared"
    assert worker.plex.count("POST") == 3


def test_a_retry_asks_plex_about_what_was_sent(worker: Worker) -> None:
    retry = worker.parts.requests.owners().retry
    row = worker.send("alice")
    worker.clock.forward(minutes=3)
    still = retry(row.request_id, OWNER)
    assert (still.status, still.sent_at, still.accepted_at) == (Status.SUCCESS, NOON, None)
    worker.plex.accept("alice")
    assert retry(row.request_id, OWNER).accepted_at == worker.clock()
    worker.plex.stage.plex.world.end_friendship(worker.plex.accept("alice").person.user_id or 0)
    again = retry(row.request_id, OWNER)
    assert (again.status, again.sent_at) == (Status.SUCCESS, worker.clock())
    assert again.accepted_at is None
    assert worker.plex.share_of("alice") is not None


@pytest.mark.parametrize("chosen", [None, [LIBRARIES[2].id]])
def test_the_owners_own_invite_sends_a_waiting_request(
    worker: Worker, chosen: list[int] | None
) -> None:
    worker.plex.fail("status", status=503, method="POST")
    waits = worker.send("alice")
    row = worker.parts.requests.owners().invite(parse_identity("alice"), chosen, OWNER)
    assert (row.request_id, row.status) == (waits.request_id, Status.SUCCESS)
    share = worker.plex.share_of("alice")
    assert share is not None
    assert share.library_ids == tuple(chosen or [library.id for library in LIBRARIES[:2]])


def test_the_owners_libraries_stay_when_the_request_has_to_wait_again(worker: Worker) -> None:
    worker.plex.fail("status", status=503, method="POST", times=2)
    worker.send("alice")
    chosen = [LIBRARIES[2].id]
    row = worker.parts.requests.owners().invite(parse_identity("alice"), chosen, OWNER)
    assert row.status is Status.QUEUED
    worker.clock.forward(minutes=10)
    worker.housekeeping()
    share = worker.plex.share_of("alice")
    assert share is not None
    assert share.library_ids == tuple(chosen)


def test_the_owner_may_ask_while_others_wait_and_an_answer_ends_it(worker: Worker) -> None:
    worker.plex.fail("status", status=429, headers={"Retry-After": "86400"}, method="POST")
    waits = worker.send("alice")
    assert worker.send("bob").error_code == "plex_limited"
    assert worker.plex.count("POST") == 1
    row = worker.parts.requests.owners().retry(waits.request_id, OWNER)
    assert row.status is Status.SUCCESS
    assert worker.send("carol").status is Status.SUCCESS


def test_a_friend_of_a_dead_worker_waits_for_two_seconds(worker: Worker) -> None:
    identity = parse_identity("alice")
    new = worker.parts.requests.submit()._bare(
        identity, Source.FORM, "c" * 32, "", approval_required=False
    )
    worker.log.open(replace(new, browser_key=BROWSER), FRIEND)
    with soon(8), never_too_early(1.5):
        assert worker.send("alice").status is Status.PENDING


def test_a_corrected_mistake_may_be_tried_again_in_ten_seconds(worker: Worker) -> None:
    worker.plex.fail("status", status=400, method="POST", body=b'<Response status="No."/>')
    first = worker.send("alice")
    assert first.status is Status.FAILED
    assert worker.send("alice") == first
    worker.clock.forward(seconds=10)
    assert worker.send("alice").status is Status.SUCCESS


def test_a_queued_request_is_not_sent_by_a_second_submission(worker: Worker) -> None:
    worker.plex.fail("status", status=503, method="POST")
    first = worker.send("alice")
    worker.clock.forward(hours=5)
    assert worker.send("alice") == first
    assert worker.plex.count("POST") == 1


def absent_databases(folder: Path) -> list[str]:
    return [
        f"sqlite:///{folder}/no/such/folder/helpr.db",
        f"postgresql+psycopg2://helpr:not-a-real-password@127.0.0.1:{free_port()}/helpr",
    ]


@pytest.mark.parametrize("which", [0, 1])
def test_without_the_record_the_request_is_kept_and_nothing_is_sent(
    plex: DemoPlex, new_worker: NewWorker, tmp_path: Path, which: int
) -> None:
    state = f"sqlite:///{tmp_path}/state.db"
    url = absent_databases(tmp_path)[which]
    # A new site, whose database has never answered: there are no copies yet either.
    worker = new_worker(url, state_url=state)
    assert worker.parts.site.settings().shown() == SiteSettings()
    assert [library.title for library in worker.shared.offered()] == ["Movies", "TV Shows"]
    with soon(5):
        row = worker.send("alice")
    assert (row.status, row.attempts, row.libraries) == (Status.QUEUED, 0, ())
    assert plex.count("POST") == 0


def test_a_database_without_libraries_yet_keeps_the_form_open_and_sends_nothing(
    plex: DemoPlex, new_worker: NewWorker, database_url: str, tmp_path: Path
) -> None:
    # Only the owner's choice cannot be read: the record could take an outcome.
    worker = new_worker(database_url, state_url=f"sqlite:///{tmp_path}/state.db")
    worker.log.ping()
    worker.hide_tables(["decisions"])
    assert [library.title for library in worker.shared.offered()] == ["Movies", "TV Shows"]
    row = worker.send("alice")
    assert (row.status, row.attempts, row.libraries) == (Status.QUEUED, 0, ())
    with pytest.raises(StateUnavailable):
        worker.shared.to_share(worker.catalog.server())
    assert plex.count("POST") == 0
    worker.restore_tables(["decisions"])
    assert worker.housekeeping() == ({"sent": 1}, {})


def test_without_either_store_nothing_is_sent(
    plex: DemoPlex, new_worker: NewWorker, tmp_path: Path
) -> None:
    worker = new_worker(absent_databases(tmp_path)[0])
    with pytest.raises(Unavailable):
        worker.send("alice")
    assert plex.count("POST") == 0


def test_a_record_that_is_dropped_under_a_warm_worker_stops_sending(worker: Worker) -> None:
    worker.hide_tables()
    assert worker.send("alice").status is Status.QUEUED
    assert worker.plex.calls == []


def test_a_warm_worker_carries_on_without_the_state_store(
    plex: DemoPlex, new_worker: NewWorker, database_url: str, tmp_path: Path
) -> None:
    worker = new_worker(database_url, state_url=f"sqlite:///{tmp_path}/state.db").warm_up()
    assert worker.send("alice").status is Status.SUCCESS
    with worker.state_database.begin() as connection:
        connection.exec_driver_sql("DROP TABLE state_entries")
    assert worker.send("bob").status is Status.SUCCESS
    assert [call.method for call in plex.calls] == ["POST", "POST"]


def test_a_cold_worker_without_the_state_store_does_not_guess_what_is_shared(
    plex: DemoPlex, new_worker: NewWorker, tmp_path: Path
) -> None:
    # The owner may have chosen other libraries than the setting names, with the version that
    # kept them only in the state store.
    worker = new_worker(state_url=f"sqlite:///{tmp_path}/no/such/folder/state.db")
    row = worker.send("alice")
    assert (row.status, row.attempts, row.libraries) == (Status.QUEUED, 0, ())
    assert (worker.rows(), plex.count("POST")) == ([("alice", "queued")], 0)


def test_a_cold_worker_without_the_state_store_sends_if_the_database_knows_what_is_shared(
    plex: DemoPlex, new_worker: NewWorker, database_url: str, tmp_path: Path
) -> None:
    new_worker(database_url, state_url=f"sqlite:///{tmp_path}/state.db").warm_up()
    cold = new_worker(database_url, state_url=f"sqlite:///{tmp_path}/no/such/folder/state.db")
    row = cold.send("alice")
    assert (row.status, len(row.libraries)) == (Status.SUCCESS, 2)


def test_a_state_store_that_fails_after_the_row_is_made_does_not_matter(
    plex: DemoPlex, new_worker: NewWorker, tmp_path: Path
) -> None:
    worker = new_worker(state_url=f"sqlite:///{tmp_path}/state.db")

    def lose_the_state() -> None:
        with worker.state_database.begin() as connection:
            connection.exec_driver_sql("DROP TABLE state_entries")

    with when_asked(plex, "GET", lose_the_state):
        assert worker.send("alice").status is Status.SUCCESS
    assert worker.send("bob").status is Status.SUCCESS
    assert worker.rows() == [("alice", "success"), ("bob", "success")]
