"""What is old goes, a step that fails stops no other, and what was taken unseen is looked at."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
import sqlalchemy as sa

from helpr_core.adapters.sql.models import audit_events, state_counters
from helpr_core.container.housekeeping import steps
from helpr_core.domain.audit import HOUSEKEEPING, REFUSED, Actor, AuditEvent, Door
from helpr_core.domain.requests import Status
from helpr_core.services.ports import LIMITS, SITE
from helpr_core.services.upkeep.steps.expiry import PurgeExpired
from helpr_core.services.upkeep.turn import Turn
from tests.services.conftest import NewWorker
from tests.services.requests.test_submit import MINUTE
from tests.services.upkeep.test_housekeeping import queued, row_of, save
from tests.services.worker import NOON, OWNER, Worker


def actions(worker: Worker) -> Sequence[str]:
    with worker.database.single() as connection:
        return connection.execute(sa.select(audit_events.c.action)).scalars().all()


def test_what_is_older_than_the_owner_wants_it_kept_is_deleted(worker: Worker) -> None:
    worker.send("friend")
    note = AuditEvent(NOON, Actor(Door.KEY, "key"), "retried", "x")
    worker.parts.stores.audit_log().append(note)
    save(worker, retention_days=30)
    worker.clock.forward(days=30)
    assert worker.housekeeping() == ({}, {})
    worker.clock.forward(seconds=1)
    assert worker.housekeeping() == ({"deleted": 1}, {})
    assert (worker.rows(), actions(worker)) == ([], ["retried", "requests_deleted"])
    deletion = worker.parts.stores.audit_log().page(1).rows[0]
    assert (deletion.actor, deletion.after) == (HOUSEKEEPING, {"deleted": 1})
    worker.clock.forward(days=335)
    assert worker.housekeeping() == ({"deleted_actions": 1}, {})
    assert actions(worker) == ["requests_deleted"]


def test_nothing_is_deleted_where_all_is_to_be_kept(worker: Worker) -> None:
    worker.send("friend")
    worker.clock.forward(days=3650)
    worker.housekeeping()
    assert worker.rows() == [("friend", "success")]


def test_what_expired_in_the_state_store_is_deleted(worker: Worker) -> None:
    worker.state.put(SITE, "gone", {}, NOON + MINUTE)
    worker.state.increment(LIMITS, "client", 1, 60)
    worker.clock.forward(minutes=2)
    assert worker.parts.upkeep.housekeeping().run().counts["purged"] == 2
    assert worker.state.list(SITE, "gone") == []


def test_as_many_as_a_stranger_can_write_between_two_runs_are_gone_in_one_turn(
    worker: Worker,
) -> None:
    many = 12_000
    rows = [
        {"kind": LIMITS, "key": f"k{n}", "value": 1, "expires_at": NOON + MINUTE}
        for n in range(many)
    ]
    worker.state.ping()
    with worker.state_database.begin() as connection:
        connection.execute(sa.insert(state_counters), rows)
    worker.clock.forward(minutes=2)
    turn = Turn(until=1.0, seconds=lambda: 0.0)  # how fast it is depends on the machine
    PurgeExpired(worker.state)(turn)
    assert turn.counts["purged"] == many


def test_refused_sign_ins_live_for_90_days_also_where_all_else_is_kept(worker: Worker) -> None:
    owner = Actor(Door.SESSION, "owner")
    for action in (REFUSED, "sign_in"):
        worker.parts.stores.audit_log().append(AuditEvent(NOON, owner, action, "session"))
    worker.clock.forward(days=90)
    worker.housekeeping()
    assert actions(worker) == [REFUSED, "sign_in"]
    worker.clock.forward(seconds=1)
    assert worker.housekeeping() == ({"deleted_actions": 1}, {})
    assert actions(worker) == ["sign_in"]


def test_a_step_that_fails_is_told_and_the_others_go_on(
    new_worker: NewWorker, database_url: str, tmp_path: Path
) -> None:
    worker = new_worker(database_url, state_url=f"sqlite:///{tmp_path}/state.db").warm_up()
    row = queued(worker, "alice")
    save(worker, retention_days=1)
    worker.state.put(SITE, "gone", {}, NOON + MINUTE)
    worker.clock.forward(days=1, minutes=2)
    worker.break_off(["audit_events"])
    report = worker.parts.upkeep.housekeeping().run()
    assert {step: one.code for step, one in report.failures.items()} == {"retention": "unavailable"}
    assert report.counts["sent"] == 1
    assert report.counts["purged"] >= 1
    assert row_of(worker, row).status is Status.SUCCESS


def test_without_the_database_the_rest_is_done(new_worker: NewWorker, tmp_path: Path) -> None:
    state = f"sqlite:///{tmp_path}/state.db"
    worker = new_worker("sqlite:////no/such/folder/helpr.db", state_url=state)
    worker.state.put(SITE, "gone", {}, NOON + MINUTE)
    worker.clock.forward(minutes=2)
    report = worker.parts.upkeep.housekeeping().run()
    assert report.counts["purged"] == 1
    needing = {step.name for step in steps(worker.parts) if step.opens_database}
    assert set(report.failures) == needing - {"server", "backup"}, "which go without"
    assert {failure.code for failure in report.failures.values()} == {"unavailable"}


def test_without_the_state_store_the_queue_is_worked_all_the_same(
    new_worker: NewWorker, database_url: str, tmp_path: Path
) -> None:
    worker = new_worker(database_url, state_url=f"sqlite:///{tmp_path}/state.db").warm_up()
    row = queued(worker, "alice")
    with worker.state_database.begin() as connection:
        connection.exec_driver_sql("DROP TABLE state_entries")
    worker.clock.forward(minutes=1)
    report = worker.parts.upkeep.housekeeping()()
    assert report is not None
    assert report.counts["sent"] == 1
    assert row_of(worker, row).status is Status.SUCCESS


@pytest.mark.parametrize("wish", ["approval_required", "paused"])
def test_a_request_that_was_taken_unseen_meets_the_owners_wishes_first(
    new_worker: NewWorker, database_url: str, tmp_path: Path, wish: str
) -> None:
    state = f"sqlite:///{tmp_path}/state.db"
    save(new_worker(database_url, state_url=state), **{wish: True})
    cold = new_worker(database_url, state_url="sqlite:////no/such/folder/state.db")
    cold.log.ping()
    cold.break_off(["decisions"])
    row = cold.send("alice")
    cold.mend(["decisions"])
    assert row.status is Status.QUEUED
    worker = new_worker(database_url, state_url=state)
    assert worker.housekeeping() == ({"awaiting_approval": 1}, {})
    assert worker.parts.requests.owners().approve(row.request_id, OWNER).status is Status.SUCCESS


def test_a_request_that_was_taken_unseen_goes_out_where_nothing_is_against_it(
    new_worker: NewWorker, database_url: str, tmp_path: Path
) -> None:
    cold = new_worker(database_url, state_url="sqlite:////no/such/folder/state.db")
    cold.log.ping()
    cold.break_off(["decisions"])
    row = cold.send("alice")
    cold.mend(["decisions"])
    worker = new_worker(database_url, state_url=f"sqlite:///{tmp_path}/state.db")
    assert worker.housekeeping() == ({"sent": 1}, {})
    assert len(row_of(worker, row).libraries) == 2


def test_a_pause_does_not_stop_what_was_taken_before_it(worker: Worker) -> None:
    queued(worker, "alice")
    save(worker, paused=True, approval_required=True)
    worker.clock.forward(minutes=1)
    assert worker.housekeeping() == ({"sent": 1}, {})
