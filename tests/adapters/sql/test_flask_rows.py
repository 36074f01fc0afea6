"""Rows of the Flask version are carried over into the new columns."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from helpr_core.adapters.sql.all_tables import metadata
from helpr_core.adapters.sql.models import invite_requests
from tests.adapters.sql.conftest import NewDatabase, OpenEngine

# The Flask version's model.
old_metadata = sa.MetaData()
old_requests = sa.Table(
    "invite_requests",
    old_metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("email_or_username", sa.String(255), nullable=False),
    sa.Column("timestamp", sa.DateTime, nullable=False),
    sa.Column("status", sa.String(50), nullable=False),
    sa.Column("error_message", sa.Text),
)
NOON = datetime(2024, 2, 29, 12, 30, 15, 250_000)  # noqa: DTZ001 - as it was written: UTC, unsaid


def old_row(who: str, status: str, error_message: str | None = None) -> dict[str, Any]:
    return {
        "email_or_username": who,
        "timestamp": NOON,
        "status": status,
        "error_message": error_message,
    }


def carried_over(
    url: str, rows: list[dict[str, Any]], new_database: NewDatabase, open_engine: OpenEngine
) -> list[dict[str, Any]]:
    with open_engine(url) as engine:
        old_metadata.create_all(engine)
        if rows:
            with engine.begin() as connection:
                connection.execute(sa.insert(old_requests), rows)
    with new_database(url).single() as connection:
        found = connection.execute(sa.select(invite_requests).order_by(invite_requests.c.id))
        return [dict(row) for row in found.mappings()]


def test_known_values_keep_their_meaning(
    bare_database_url: str, new_database: NewDatabase, open_engine: OpenEngine
) -> None:
    old = [
        old_row("Alice@Example.com", "success"),
        old_row("bob", "failed", "You're already sharing"),
        old_row(
            "alice@example.com", "success"
        ),  # asked again: the request is closed, so that is allowed
    ]
    alice, bob, again = carried_over(bare_database_url, old, new_database, open_engine)
    noon = NOON.replace(tzinfo=UTC)
    kept = {"email_or_username": "Alice@Example.com", "timestamp": noon, "status": "success"}
    made = {"identity_key": "alice@example.com", "sent_at": noon, "updated_at": noon}
    assert {**kept, **made, "error_code": None, "source": "form"}.items() <= alice.items()
    assert (bob["status"], bob["error_message"]) == ("failed", "You're already sharing")
    assert (bob["sent_at"], bob["accepted_at"]) == (None, None)
    assert again["identity_key"] == alice["identity_key"]
    assert len({row["request_id"] for row in (alice, bob, again)}) == 3
    assert alice["libraries"] == []


def test_an_unknown_state_becomes_a_failure(
    bare_database_url: str, new_database: NewDatabase, open_engine: OpenEngine
) -> None:
    (row,) = carried_over(bare_database_url, [old_row("bob", "error")], new_database, open_engine)
    assert row["status"] == "failed"


def test_a_name_that_grows_when_it_is_folded_does_not_stop_the_upgrade(
    bare_database_url: str, new_database: NewDatabase, open_engine: OpenEngine
) -> None:
    name = "ﷺ" * 200
    (row,) = carried_over(bare_database_url, [old_row(name, "failed")], new_database, open_engine)
    assert row["email_or_username"] == name
    assert len(row["identity_key"]) == 255


def test_thousands_of_rows_keep_their_order(
    bare_database_url: str, new_database: NewDatabase, open_engine: OpenEngine
) -> None:
    old = [old_row(f"friend{number}", "success") for number in range(2500)]
    rows = carried_over(bare_database_url, old, new_database, open_engine)
    assert [row["email_or_username"] for row in rows] == [row["email_or_username"] for row in old]


def test_an_empty_old_table_is_replaced_and_dropped(
    bare_database_url: str, new_database: NewDatabase, open_engine: OpenEngine
) -> None:
    assert carried_over(bare_database_url, [], new_database, open_engine) == []
    with open_engine(bare_database_url) as engine:
        tables = set(sa.inspect(engine).get_table_names())
    assert tables == {"alembic_version", *metadata.tables}
