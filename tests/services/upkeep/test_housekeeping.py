"""What runs every five minutes: the queue, acceptances, interrupted and old requests."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from helpr_core.adapters.sql.models import invite_requests
from helpr_core.domain.audit import FRIEND
from helpr_core.domain.identity import parse_identity
from helpr_core.domain.requests import InviteRequest, Source, Status
from helpr_core.texts import Message, say, text
from tests.services.requests.test_submit import MINUTE
from tests.services.worker import NOON, OWNER, Worker


def row_of(worker: Worker, row: InviteRequest) -> InviteRequest:
    """The row as it is now."""
    found = worker.log.get(row.request_id)
    assert found is not None
    return found


def queued(worker: Worker, who: str, times: int = 1) -> InviteRequest:
    """A request that plex.tv was too busy for; it no longer is."""
    worker.plex.fail("status", status=503, method="POST", times=times)
    return worker.send(who)


def left_behind(worker: Worker, who: str, at: datetime = NOON) -> InviteRequest:
    """The row of a worker that died right after committing it."""
    new = worker.parts.requests.submit()._new_request(
        parse_identity(who), Source.FORM, "c" * 64, "", approval_required=False
    )
    row = worker.log.open(new, FRIEND).row
    with worker.database.begin() as connection:
        this = invite_requests.c.request_id == row.request_id
        connection.execute(sa.update(invite_requests).where(this).values(updated_at=at))
    return row_of(worker, row)


def save(worker: Worker, **settings: Any) -> None:
    """The owner saves these settings."""
    stored = worker.parts.site.settings()
    stored.save(settings, stored.saved().version, "owner")


def posts(worker: Worker) -> list[str | None]:
    return [call.invited for call in worker.plex.calls if call.method == "POST"]


def test_a_queued_request_is_sent_when_it_is_due_and_not_before(worker: Worker) -> None:
    row = queued(worker, "alice")
    worker.clock.forward(seconds=59)
    assert worker.housekeeping() == ({}, {})
    worker.clock.forward(seconds=1)
    assert worker.housekeeping() == ({"sent": 1}, {})
    sent = row_of(worker, row)
    assert (sent.status, sent.attempts, sent.error_code) == (Status.SUCCESS, 2, None)
    assert (sent.sent_at, sent.queued_since) == (NOON + MINUTE, None)
    assert len(worker.plex.shares) == 1


def test_the_longest_waiting_request_is_first(worker: Worker) -> None:
    names = [f"friend{number}" for number in range(3)]
    for name in names:
        queued(worker, name)
        worker.parts.plex.breaker()._failures = 0
        worker.clock.forward(seconds=70)
    worker.plex.clear_calls()
    worker.clock.forward(minutes=1)
    assert worker.housekeeping()[0]["sent"] == 3
    assert posts(worker) == names


def test_each_failure_lengthens_the_delay_up_to_an_hour_and_a_day_ends_it(
    worker: Worker,
) -> None:
    row = queued(worker, "alice", times=0)
    waits: list[int] = []
    while row.status is Status.QUEUED:
        assert row.next_attempt_at is not None
        waits.append(round((row.next_attempt_at - worker.clock()) / MINUTE))
        worker.clock.now = row.next_attempt_at + timedelta(minutes=5)
        worker.housekeeping()
        row = row_of(worker, row)
    assert waits[:6] == [1, 5, 15, 60, 60, 60]
    assert timedelta(hours=24) <= worker.clock() - NOON < timedelta(hours=24, minutes=10)
    assert (row.status, row.error_code) == (Status.FAILED, "plex_unavailable")
    assert isinstance(row.error_message, Message)
    assert row.error_message.code == "advice.gave_up"
    assert (row.next_attempt_at, row.queued_since) == (None, None)


def test_plexs_retry_after_is_respected_up_to_fifteen_minutes_and_ends_with_the_day(
    worker: Worker,
) -> None:
    asked = {"Retry-After": "86400"}
    worker.plex.fail("status", status=429, headers=asked, method="POST", times=0)
    worker.clock.forward(minutes=1)
    row = worker.send("alice")
    assert row.next_attempt_at == NOON + MINUTE + timedelta(minutes=15)
    worker.clock.forward(days=1, minutes=1)
    worker.housekeeping()
    assert row_of(worker, row).status is Status.QUEUED  # too many others: it was not looked at
    worker.clock.forward(days=1, minutes=1)
    worker.housekeeping()
    assert row_of(worker, row).status is Status.FAILED
    assert worker.plex.count("POST") == 3


def test_after_a_retry_by_the_owner_a_new_day_begins(worker: Worker) -> None:
    row = queued(worker, "alice", times=0)
    worker.clock.forward(days=1, minutes=5)
    worker.housekeeping()
    assert row_of(worker, row).status is Status.FAILED
    worker.clock.forward(minutes=30)
    again = worker.parts.requests.owners().retry(row.request_id, OWNER)
    assert (again.status, again.queued_since) == (Status.QUEUED, worker.clock())


def test_a_failing_plex_is_asked_once_and_the_others_wait(worker: Worker) -> None:
    for number in range(3):
        queued(worker, f"friend{number}")
        worker.parts.plex.breaker()._failures = 0
        worker.clock.forward(minutes=2)
    worker.plex.clear_calls()
    worker.plex.fail("status", status=503, method="POST", times=0)
    assert worker.housekeeping() == ({"queued_again": 1}, {})
    assert len(posts(worker)) == 1


def test_while_plex_is_not_asked_no_row_is_touched(worker: Worker) -> None:
    worker.plex.fail("status", status=503, method="POST", times=0)
    rows = [worker.send(f"friend{number}") for number in range(3)]
    worker.clock.forward(minutes=1)
    worker.housekeeping()  # the next call finds it down, and the wait is now a minute
    worker.clock.forward(seconds=59)
    before = [row_of(worker, row) for row in rows]
    worker.plex.clear_calls()
    assert worker.housekeeping() == ({}, {})
    assert ([row_of(worker, row) for row in rows], worker.plex.calls) == (before, [])


def test_a_day_ends_only_after_an_attempt_of_its_own(worker: Worker) -> None:
    worker.plex.fail("status", status=503, method="POST", times=0)
    rows = [worker.send(f"friend{number}") for number in range(6)]
    worker.clock.forward(days=1, seconds=1)
    worker.housekeeping()
    settled = sorted(row_of(worker, row).status for row in rows)
    assert settled == [Status.FAILED] + [Status.QUEUED] * 5
    worker.plex.clear_faults()
    worker.clock.forward(minutes=15)
    assert worker.housekeeping() == ({"sent": 5}, {})


def test_with_plex_down_each_day_ends_with_an_attempt(worker: Worker) -> None:
    worker.plex.fail("status", status=503, method="POST", times=0)
    rows = [worker.send(f"friend{number}") for number in range(6)]
    worker.clock.forward(days=1, seconds=1)
    worker.plex.clear_calls()
    for _ in range(7):
        worker.housekeeping()
        worker.clock.forward(minutes=5)
    settled = [row_of(worker, row) for row in rows]
    assert {(row.status, row.error_code) for row in settled} == {
        (Status.FAILED, "plex_unavailable")
    }
    gave_up = text("advice.gave_up", last="")
    assert all(say(row.error_message or "").startswith(gave_up) for row in settled)
    assert sorted(name or "" for name in posts(worker)) == [f"friend{n}" for n in range(6)]


def test_a_rate_limit_ends_a_request_only_after_a_second_day(worker: Worker) -> None:
    """plex.tv did not look at it: there were too many others."""
    row = queued(worker, "alice")
    worker.plex.fail("status", status=429, method="POST", times=0)
    worker.clock.forward(days=1, seconds=1)
    worker.housekeeping()
    assert row_of(worker, row).status is Status.QUEUED
    worker.clock.forward(days=1, minutes=1)
    worker.housekeeping()
    assert row_of(worker, row).status is Status.FAILED


def test_after_a_lost_answer_plexs_list_is_read_before_anything_is_resent(
    worker: Worker,
) -> None:
    worker.plex.fail("drop_after", method="POST")
    worker.plex.fail("status", status=500, method="GET")
    row = worker.send("alice@example.com")
    worker.clock.forward(minutes=1)
    worker.plex.clear_calls()
    assert worker.housekeeping() == ({"sent": 1}, {})
    assert row_of(worker, row).status is Status.SUCCESS
    assert "POST" not in {call.method for call in worker.plex.calls}
    assert len(worker.plex.shares) == 1


def test_an_invite_that_plex_carried_out_late_is_found_by_the_next_attempt(worker: Worker) -> None:
    worker.plex.fail("drop", method="POST")
    row = worker.send("alice")
    assert row.error_code == "plex_answer_lost"
    worker.plex.share("alice")  # only now
    worker.clock.forward(minutes=1)
    worker.housekeeping()
    assert row_of(worker, row).status is Status.SUCCESS
    assert worker.plex.count("POST") == 1


def test_a_lost_answer_without_effect_is_sent_again_after_a_look(worker: Worker) -> None:
    worker.plex.fail("drop", method="POST")
    worker.send("alice")
    worker.clock.forward(minutes=1)
    worker.plex.clear_calls()
    assert worker.housekeeping()[0] == {"sent": 1}
    assert [call.method for call in worker.plex.calls][:2] == ["GET", "POST"]


@pytest.mark.parametrize("fault", [{"kind": "invalid_token"}, {"kind": "status", "status": 404}])
def test_an_unreadable_list_leaves_the_doubt(worker: Worker, fault: dict[str, Any]) -> None:
    worker.plex.fail("drop_after", method="POST")
    worker.plex.fail(**fault, method="GET", times=0)
    row = worker.send("alice")
    for _ in range(3):
        assert (row.status, row.error_code) == (Status.QUEUED, "plex_answer_lost")
        worker.clock.forward(hours=1)
        worker.housekeeping()
        row = row_of(worker, row)
    assert worker.plex.count("POST") == 1


@pytest.mark.parametrize("who", ["alice", "alice@example.com", "friend"])
def test_an_interrupted_request_that_reached_plex_is_not_sent_again(
    worker: Worker, who: str
) -> None:
    row = left_behind(worker, who)
    worker.plex.share(who)
    worker.clock.forward(minutes=2, seconds=1)
    assert worker.housekeeping() == ({"sent": 1}, {})
    settled = row_of(worker, row)
    assert (settled.status, settled.libraries) == (Status.SUCCESS, row.libraries)
    assert posts(worker) == []


def test_an_interrupted_request_that_did_not_reach_plex_is_sent(worker: Worker) -> None:
    left_behind(worker, "alice")
    worker.clock.forward(minutes=2, seconds=1)
    assert worker.housekeeping() == ({"sent": 1}, {})
    assert [call.method for call in worker.plex.calls] == ["GET", "POST"]
    assert worker.rows() == [("alice", "success")]


def test_an_interrupted_request_does_not_stay_pending_while_plex_is_down(worker: Worker) -> None:
    row = left_behind(worker, "alice")
    worker.clock.forward(minutes=2, seconds=1)
    worker.plex.fail("status", status=503, times=0)
    worker.housekeeping()
    waiting = row_of(worker, row)
    assert (waiting.status, waiting.error_code) == (Status.QUEUED, "plex_answer_lost")
    worker.plex.clear_faults()
    worker.plex.share("alice")  # as it turns out
    worker.clock.forward(minutes=1)
    worker.housekeeping()
    assert row_of(worker, row).status is Status.SUCCESS
    assert posts(worker) == []


def test_a_request_in_progress_is_left_alone(worker: Worker) -> None:
    left_behind(worker, "alice")
    worker.clock.forward(minutes=2)
    assert worker.housekeeping() == ({}, {})
    assert worker.rows() == [("alice", "pending")]


def test_acceptances_are_found_within_a_run_with_one_call(worker: Worker) -> None:
    rows = [worker.send(who) for who in ("alice", "bob@example.com", "carol")]
    worker.plex.accept("bob@example.com")
    worker.plex.accept("alice")
    worker.plex.clear_calls()
    worker.clock.forward(minutes=5)
    assert worker.housekeeping() == ({"accepted": 2}, {})
    assert len(worker.plex.calls) == 1
    at = [row_of(worker, row).accepted_at for row in rows]
    assert at == [NOON + 5 * MINUTE, NOON + 5 * MINUTE, None]


def test_plex_is_not_asked_while_no_acceptance_is_expected(worker: Worker) -> None:
    worker.send("friend")
    worker.plex.clear_calls()
    worker.housekeeping()
    assert worker.plex.calls == []
    save(worker, stale_days=0)
    worker.send("alice")
    worker.clock.forward(days=31)
    worker.catalog.refresh()  # the list of libraries is read once an hour
    worker.parts.people().reading().refresh()  # and that of people every six
    worker.parts.people().reading().read_home_if_due()
    worker.plex.clear_calls()
    worker.housekeeping()
    assert worker.plex.calls == []


def test_a_run_right_after_another_does_nothing(worker: Worker) -> None:
    assert worker.parts.upkeep.housekeeping()() is not None
    worker.clock.forward(minutes=1, seconds=59)
    assert worker.parts.upkeep.housekeeping()() is None
    worker.clock.forward(seconds=1)
    assert worker.parts.upkeep.housekeeping()() is not None
