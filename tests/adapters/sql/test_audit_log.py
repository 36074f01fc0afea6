"""The owner's actions are stored unchanged and read newest first."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from helpr_core.adapters.sql.audit_log import SqlAuditLog
from helpr_core.domain.audit import Actor, AuditEvent, Door
from helpr_core.domain.history import Total
from helpr_core.errors import InvalidInput
from tests.adapters.sql.builders import NOON
from tests.adapters.sql.conftest import NewDatabase

OWNER = Actor(Door.SESSION, "owner", "0123")


@pytest.fixture
def audit(database_url: str, new_database: NewDatabase) -> SqlAuditLog:
    return SqlAuditLog(new_database(database_url))


def event(target: str = "settings", at: datetime = NOON) -> AuditEvent:
    return AuditEvent(at, OWNER, "change", target)


def test_an_event_is_read_as_it_was_written(audit: SqlAuditLog) -> None:
    whole = AuditEvent(
        at=NOON,
        actor=Actor(Door.KEY, "key", "0b0b0b0b-0000-0000-0000-000000000000"),
        action="settings.change",
        target="settings",
        before={"title": "Old 😀", "paused": False},
        after={"title": None, "days": [1, 2]},
    )
    audit.append(event())
    audit.append(whole)
    assert audit.page(10).rows == [whole, event()]


def test_pages_are_newest_first_and_come_to_an_end(audit: SqlAuditLog) -> None:
    times = [NOON + timedelta(minutes=minutes) for minutes in (0, 2, 2, 2, 1)]
    for number, at in enumerate(times):
        audit.append(event(f"target{number}", at))
    seen: list[str] = []
    cursor = ""
    for _ in range(3):
        assert audit.count(cursor) == Total(rows=5, before=len(seen))
        page = audit.page(2, cursor)
        seen += [one.target for one in page.rows]
        cursor = page.next_cursor
    assert seen == ["target3", "target2", "target1", "target4", "target0"]
    assert cursor == ""


def test_events_of_one_target_are_found(audit: SqlAuditLog) -> None:
    for minutes, target in enumerate(["a", "b", "a", "b", "a"]):
        audit.append(event(target, NOON + timedelta(minutes=minutes)))
    first = audit.page(2, target="a")
    assert audit.count(first.next_cursor, "a") == Total(rows=3, before=2)
    assert audit.count(target="c") == Total(rows=0, before=0)
    rest = audit.page(2, first.next_cursor, "a")
    assert [one.at.minute for one in (*first.rows, *rest.rows)] == [4, 2, 0]
    assert rest.next_cursor == ""
    assert audit.page(2, target="c").rows == []


def test_an_invalid_cursor_is_refused(audit: SqlAuditLog) -> None:
    with pytest.raises(InvalidInput) as refused:
        audit.page(10, "1")
    assert [error.field for error in refused.value.errors] == ["cursor"]


def test_old_events_are_deleted_in_batches(audit: SqlAuditLog) -> None:
    for minutes in range(5):
        audit.append(event(at=NOON + timedelta(minutes=minutes)))
    than = NOON + timedelta(minutes=3)
    assert [audit.delete_older(than, 2) for _ in range(3)] == [2, 1, 0]
    assert [one.at.minute for one in audit.page(10).rows] == [4, 3]
