"""Old rows are deleted, a failed step stops no other, and requests kept unseen are reviewed."""

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


def test_rows_past_their_retention_are_deleted(worker: Worker) -> None:
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


def test_nothing_is_deleted_if_retention_is_unlimited(worker: Worker) -> None:
    worker.send("friend")
    worker.clock.forward(days=3650)
    worker.housekeeping()
    assert worker.rows() == [("friend", "success")]


def test_expired_entries_of_the_state_store_are_deleted(worker: Worker) -> None:
    worker.state.put(SITE, "gone", {}, NOON + MINUTE)
    worker.state.increment(LIMITS, "client", 1, 60)
    worker.clock.forward(minutes=2)
    assert worker.parts.upkeep.housekeeping().run().counts["purged"] == 2
    assert worker.state.list(SITE, "gone") == []


def test_one_run_deletes_as_much_as_strangers_can_write_between_two(
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


def test_refused_sign_ins_are_deleted_after_90_days_even_with_unlimited_retention(
    worker: Worker,
) -> None:
    owner = Actor(Door.SESSION, "owner")
    for action in (REFUSED, "sign_in"):
        worker.parts.stores.audit_log().append(AuditEvent(NOON, owner, action, "session"))
    worker.clock.forward(days=90)
    worker.housekeeping()
    assert actions(worker) == [REFUSED, "sign_in"]
    worker.clock.forward(seconds=1)
    assert worker.housekeeping() == ({"deleted_actions": 1}, {})
    assert actions(worker) == ["sign_in"]


def test_a_failed_step_is_reported_and_the_others_run(
    new_worker: NewWorker, database_url: str, tmp_path: Path
) -> None:
    worker = new_worker(database_url, state_url=f"sqlite:///{tmp_path}/state.db").warm_up()
    row = queued(worker, "alice")
    save(worker, retention_days=1)
    worker.state.put(SITE, "gone", {}, NOON + MINUTE)
    worker.clock.forward(days=1, minutes=2)
    worker.hide_tables(["audit_events"])
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


def test_without_the_state_store_the_queue_is_still_worked_off(
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
def test_a_request_kept_unseen_is_first_checked_against_the_owners_settings(
    new_worker: NewWorker, database_url: str, tmp_path: Path, wish: str
) -> None:
    state = f"sqlite:///{tmp_path}/state.db"
    save(new_worker(database_url, state_url=state), **{wish: True})
    cold = new_worker(database_url, state_url="sqlite:////no/such/folder/state.db")
    cold.log.ping()
    cold.hide_tables(["decisions"])
    row = cold.send("alice")
    cold.restore_tables(["decisions"])
    assert row.status is Status.QUEUED
    worker = new_worker(database_url, state_url=state)
    assert worker.housekeeping() == ({"awaiting_approval": 1}, {})
    assert worker.parts.requests.owners().approve(row.request_id, OWNER).status is Status.SUCCESS


def test_a_request_kept_unseen_is_sent_if_nothing_speaks_against_it(
    new_worker: NewWorker, database_url: str, tmp_path: Path
) -> None:
    cold = new_worker(database_url, state_url="sqlite:////no/such/folder/state.db")
    cold.log.ping()
    cold.hide_tables(["decisions"])
    row = cold.send("alice")
    cold.restore_tables(["decisions"])
    worker = new_worker(database_url, state_url=f"sqlite:///{tmp_path}/state.db")
    assert worker.housekeeping() == ({"sent": 1}, {})
    assert len(row_of(worker, row).libraries) == 2


def test_a_pause_does_not_stop_requests_made_before_it(worker: Worker) -> None:
    queued(worker, "alice")
    save(worker, paused=True, approval_required=True)
    worker.clock.forward(minutes=1)
    assert worker.housekeeping() == ({"sent": 1}, {})
