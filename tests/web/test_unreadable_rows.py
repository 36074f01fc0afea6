"""One unreadable row breaks no view: the others are shown, and what is known of it."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from typing import Any

import sqlalchemy as sa

from helpr_core.adapters.sql.all_tables import metadata
from tests.web.conftest import MakeDashboard
from tests.web.site_under_test import SiteUnderTest

MOVIES = 118181361
CODES = "from_the_future"
ODD_JSON = ("[1, 2", "null", '"text"', "7", '{"newer": {"deep": [1]}}', "[1, null, {}]")
WORD_COLUMNS = {
    "shares": ("state", "gone_reason", "source", "link_id", "server_id"),
    "operations": ("kind", "state", "error_code"),
    "people_readings": ("verdict", "code"),
    "links": ("approval", "code_sealed", "server_id"),
    "batch_lines": ("verdict",),
    "channels": ("kind", "service", "sealed", "language"),
    "invite_requests": ("status", "source", "error_code"),
    "events": ("kind", "door", "from_status", "to_status", "code"),
    "audit_events": ("door", "action", "target"),
    "signed_in_browsers": ("way", "browser", "system"),
}
ODD = [
    (table.name, column.name, ODD_JSON)
    for table in metadata.sorted_tables
    for column in table.columns
    if isinstance(column.type, sa.JSON)
] + [(table, column, (CODES,)) for table, columns in WORD_COLUMNS.items() for column in columns]
LISTS = (
    *("overview", "pulse", "stats", "invites", "invites.csv", "audit", "people", "people.csv"),
    *("operations", "drift", "links", "batches", "channels", "settings", "libraries", "metrics"),
    "browsers",
)


def _id(site: SiteUnderTest, path: str, body: Mapping[str, object], name: str) -> str:
    answer = site.owner("POST", path, json=body)
    assert answer.status_code < 300, answer.text
    return str(answer.get_json()[name])


def _first(site: SiteUnderTest, path: str, name: str) -> str:
    return str(site.owner("GET", path).get_json()[path][0][name])


def _with_rows_of_each_kind(site: SiteUnderTest) -> tuple[str, ...]:
    """Make them, and return the addresses of all views."""
    site.plex.share("anna@example.com", [MOVIES])
    site.plex.accept("anna@example.com")
    request_id = site.invite("friend@example.com").get_json()["request_id"]
    site.owner("POST", "people/refresh")
    person_id = _first(site, "people", "person_id")
    site.plex.fail("status", status=503, method="PUT")
    site.owner("PUT", f"people/{person_id}/libraries", json={"libraries": [MOVIES + 1]})
    site.plex.clear_faults()
    link_id = _id(site, "links", {"label": "Sister", "libraries": [MOVIES]}, "link_id")
    batch_id = _id(site, "batches", {"lines": "bea@example.com\nbob@example.com"}, "batch_id")
    channel = {"kind": "apprise", "address": "ntfy://127.0.0.1/topic", "events": ["failed"]}
    _id(site, "channels", channel, "channel_id")
    site.save(title="Film nights")
    return (
        *LISTS,
        *(f"invites/{request_id}", f"people/{person_id}", f"links/{link_id}"),
        *(f"batches/{batch_id}", f"batches/{batch_id}/result.csv"),
        f"operations/{_first(site, 'operations', 'operation_id')}",
    )


@contextmanager
def _written(site: SiteUnderTest, table: str, column: str, value: str) -> Iterator[None]:
    """The value is in that column of all rows while the block runs."""
    with closing(sqlite3.connect(site.database)) as database:
        before = database.execute(f"SELECT {column}, rowid FROM {table}").fetchall()
        assert before, f"{table} has no row"
        with suppress(sqlite3.IntegrityError), database:  # the database keeps such a value out
            database.execute(f"UPDATE {table} SET {column} = ?", (value,))
        yield
        with database:
            database.executemany(f"UPDATE {table} SET {column} = ? WHERE rowid = ?", before)


def _words_in_statements(site: SiteUnderTest, path: str) -> set[str]:
    """Names of tables among them: rows of other tables cannot break this view."""
    words: set[str] = set()

    def note(*call: Any) -> None:
        words.update(re.findall(r"\w+", call[2]))

    sa.event.listen(sa.Engine, "before_cursor_execute", note)
    try:
        assert site.owner("GET", path).status_code == 200
    finally:
        sa.event.remove(sa.Engine, "before_cursor_execute", note)
    return words


def test_no_view_breaks(make_dashboard: MakeDashboard) -> None:
    owner = make_dashboard()
    owner.sign_in()
    views = _with_rows_of_each_kind(owner.site)
    words = {path: _words_in_statements(make_dashboard().site, path) for path in views}
    broken = []
    for table, column, values in ODD:
        site = make_dashboard().site  # it has read nothing yet
        reading = [path for path in views if table in words[path]]
        assert reading, f"no view reads {table}"
        for value in values:
            with _written(site, table, column, value):
                answers = ((path, site.owner("GET", path)) for path in reading)
                broken += [
                    (f"{table}.{column}", value, path, answer.status_code)
                    for path, answer in answers
                    if answer.status_code >= 500
                ]
    assert broken == [], str(broken)
