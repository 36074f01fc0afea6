"""A long record is never scanned from end to end: PostgreSQL's plans use the indexes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from helpr_core.adapters.sql import search_index
from helpr_core.adapters.sql.audit_log import SqlAuditLog
from helpr_core.adapters.sql.database import Database, connect
from helpr_core.adapters.sql.invite_history import SqlInviteHistory
from helpr_core.adapters.sql.invite_log import SqlInviteLog
from helpr_core.adapters.sql.invite_queue import SqlInviteQueue
from helpr_core.adapters.sql.paging import Listing, Position, to_cursor
from helpr_core.domain.audit import HOUSEKEEPING
from helpr_core.domain.history import InviteFilter
from helpr_core.domain.requests import Status
from helpr_core.domain.transitions import RETRIED
from tests.adapters.sql.many_rows import NEWEST, OLD_DOMAIN, fill
from tests.servers.postgres import PostgresServer

ROWS = 60_000
DAY = timedelta(days=1)
MIDDLE = to_cursor(Position(NEWEST - 500 * DAY, 5), Listing.REQUESTS)
FAILED = frozenset({Status.FAILED})
REQUEST = str(UUID(int=7))
RARE = frozenset({Status.QUEUED, Status.DENIED})


@pytest.fixture(scope="module")
def long_record(postgres_server: PostgresServer) -> Iterator[Database]:
    """A database with so many rows that a full scan would be too slow."""
    url = postgres_server.new_database()
    database = connect(url)
    with database.single():  # creates the schema
        pass
    fill(database._engine, ROWS)
    with database.begin() as connection:
        connection.exec_driver_sql(
            "INSERT INTO audit_events (timestamp, door, actor, action, target, reference) "
            "SELECT now() - number * interval '1 minute', 'key', '', '', mod(number, 999), '' "
            "FROM generate_series(1, 20000) AS number"
        )
        connection.exec_driver_sql(
            "INSERT INTO events (at, kind, request_id, door, actor, reference, to_status) "
            "SELECT timestamp, 'opened', request_id, "
            "CASE WHEN mod(id, 50) = 0 THEN 'session' ELSE 'friend' END, '', '', 'pending' "
            "FROM invite_requests"
        )
        connection.exec_driver_sql("ANALYZE audit_events, events")
    yield database
    database.dispose()
    postgres_server.drop_database(url)


@contextmanager
def plans_of(database: Database) -> Iterator[list[dict[str, Any]]]:
    """The plan nodes of every statement executed in the block."""
    nodes: list[dict[str, Any]] = []

    def note(_connection: Any, cursor: Any, _sql: str, _values: Any, *_rest: Any) -> None:
        executed = cursor.query.decode()
        with cursor.connection.cursor() as other:
            other.execute(f"EXPLAIN (FORMAT JSON) {executed}")
            _flatten(other.fetchone()[0][0]["Plan"], nodes)

    sa.event.listen(database._engine, "after_cursor_execute", note)
    try:
        yield nodes
    finally:
        sa.event.remove(database._engine, "after_cursor_execute", note)


def _flatten(plan: dict[str, Any], into: list[dict[str, Any]]) -> None:
    into.append(plan)
    for below in plan.get("Plans", ()):
        _flatten(below, into)


def indexes_used(nodes: list[dict[str, Any]]) -> set[str]:
    read_whole = [
        node
        for node in nodes
        if node["Node Type"] == "Seq Scan"
        and node["Relation Name"] in ("invite_requests", "audit_events", "events")
    ]
    assert read_whole == []
    return {node["Index Name"] for node in nodes if "Index Name" in node}


IN_ORDER = "ix_invite_requests_timestamp_id"
OF_STATE = "ix_invite_requests_status_timestamp_id"
SEARCHED = search_index.NAME


@pytest.mark.parametrize("cursor", ["", MIDDLE], ids=["first", "middle"])
@pytest.mark.parametrize(
    ("wanted", "index"),
    [
        (InviteFilter(), IN_ORDER),
        (InviteFilter(since=NEWEST - 600 * DAY, until=NEWEST - 400 * DAY), IN_ORDER),
        (InviteFilter(FAILED), OF_STATE),
        (InviteFilter(FAILED | RARE, since=NEWEST - 900 * DAY), IN_ORDER),
        (InviteFilter(search="example"), IN_ORDER),
        (InviteFilter(FAILED, "example"), OF_STATE),
        (InviteFilter(search="nobody"), SEARCHED),
        (InviteFilter(search="xy"), SEARCHED),
        (InviteFilter(search=f"zoe.hill9@{OLD_DOMAIN}"), SEARCHED),
        (InviteFilter(search="jörg.nuñez12"), SEARCHED),
        (InviteFilter(search="o'brien123@"), SEARCHED),
        (InviteFilter(search="d\\souza99@"), SEARCHED),
        (InviteFilter(search="100%real77@"), SEARCHED),
        (InviteFilter(search="a_b_c55@"), SEARCHED),
        (InviteFilter(FAILED, "nobody", since=NEWEST - 900 * DAY), SEARCHED),
    ],
    ids=[
        *("all", "dates", "state", "states", "common", "common in a state"),
        *("nobody", "short", "rare", "umlauts", "quote", "backslash", "percent", "underscore"),
        "nobody in a state",
    ],
)
def test_a_page_uses_an_index(
    long_record: Database, wanted: InviteFilter, index: str, cursor: str
) -> None:
    with plans_of(long_record) as nodes:
        SqlInviteHistory(long_record).page(wanted, 20, cursor)
    assert index in indexes_used(nodes)


def test_rare_states_are_found_by_their_state(long_record: Database) -> None:
    history = SqlInviteHistory(long_record)
    for statuses in (RARE, frozenset({Status.PENDING}), frozenset({Status.DENIED})):
        with plans_of(long_record) as nodes:
            history.page(InviteFilter(statuses, "nobody"), 20)
        assert indexes_used(nodes) <= {
            OF_STATE,
            "ix_invite_requests_status_next_attempt_at",
        }


def index_only(nodes: list[dict[str, Any]]) -> bool:
    return any(node["Node Type"] == "Index Only Scan" for node in nodes)


def test_counting_reads_only_an_index(long_record: Database) -> None:
    history = SqlInviteHistory(long_record)
    with plans_of(long_record) as nodes:
        counts = history.counts()
    assert sum(counts.values()) > ROWS / 2
    assert indexes_used(nodes)
    assert index_only(nodes)
    with plans_of(long_record) as nodes:
        history.per_day(NEWEST - 30 * DAY, NEWEST)
    assert indexes_used(nodes) == {OF_STATE}
    assert index_only(nodes)


Use = Callable[[Database], object]


@pytest.mark.parametrize(
    ("use", "index"),
    [
        (
            lambda base: SqlInviteQueue(base).claim_due(NEWEST - 2000 * DAY),
            "ix_invite_requests_status_next_attempt_at",
        ),
        (
            lambda base: SqlInviteQueue(base).unaccepted(NEWEST - 30 * DAY, 100),
            "ix_invite_requests_unaccepted",
        ),
        (
            lambda base: SqlInviteQueue(base).delete_older(NEWEST - 2000 * DAY, 500),
            "ix_invite_requests_updated_at",
        ),
        (
            lambda base: SqlInviteQueue(base).delete_older(NEWEST - 500 * DAY, 500),
            "invite_requests_request_id_key",
        ),
        (
            lambda base: SqlInviteQueue(base).mark_accepted([UUID(int=1), UUID(int=2)], NEWEST),
            "invite_requests_request_id_key",
        ),
        (
            lambda base: SqlInviteLog(base).change(UUID(int=0), RETRIED, NEWEST, HOUSEKEEPING),
            "invite_requests_request_id_key",
        ),
        (lambda base: SqlAuditLog(base).page(20), "ix_audit_events_timestamp_id"),
        (
            lambda base: SqlAuditLog(base).page(20, target="7"),
            "ix_audit_events_target_timestamp_id",
        ),
        (lambda base: SqlAuditLog(base).page(20), "ix_events_audited"),
        (lambda base: SqlAuditLog(base).page(20, target=REQUEST), "ix_events_request_id_id"),
        (
            lambda base: SqlAuditLog(base).delete_older(NEWEST - 2000 * DAY, 500),
            "ix_audit_events_timestamp_id",
        ),
    ],
    ids=[
        *("due", "unaccepted", "no old rows", "old rows", "accepted", "claim"),
        *("audit", "target", "changes", "story", "old actions"),
    ],
)
def test_housekeeping_uses_the_indexes(long_record: Database, use: Use, index: str) -> None:
    with plans_of(long_record) as nodes:
        use(long_record)
    assert index in indexes_used(nodes)


def test_the_state_of_the_queue_is_read_from_the_waiting_rows(long_record: Database) -> None:
    queue = SqlInviteQueue(long_record)
    with plans_of(long_record) as nodes:
        assert queue.state().queued == ROWS // 10_000
        assert queue.claim_stale(NEWEST, NEWEST) is None
        queue.next_due()
    assert indexes_used(nodes)
