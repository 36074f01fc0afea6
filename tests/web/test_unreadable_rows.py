"""One unreadable row breaks no view: the others are shown, and what is known of it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, suppress
from dataclasses import dataclass

import pytest

from tests.web.public.test_newer_rows import write
from tests.web.site_under_test import SiteUnderTest

MOVIES = 118181361
CODES = "from_the_future"
ODD_JSON = ("[1, 2", "null", '"text"', "7", '{"newer": {"deep": [1]}}', "[1, null, {}]")
JSON_COLUMNS = {
    "people": ("restrictions", "promised_restrictions"),
    "shares": ("libraries", "promised", "drift"),
    "operations": ("target", "error_words"),
    "people_readings": ("doubt", "seats", "paths_gone", "home"),
    "links": ("libraries", "restrictions"),
    "batch_lines": ("message", "libraries"),
    "channels": ("events", "quiet", "last_error"),
    "invite_requests": ("libraries", "terms", "error_words"),
    "events": ("data",),
    "audit_events": ("before", "after"),
}
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
    pytest.param(table, column, values, id=f"{table}.{column}")
    for columns_of, values in ((JSON_COLUMNS, ODD_JSON), (WORD_COLUMNS, (CODES,)))
    for table, columns in columns_of.items()
    for column in columns
]
LISTS = (
    *("overview", "pulse", "stats", "invites", "invites.csv", "audit", "people", "people.csv"),
    *("operations", "drift", "links", "batches", "channels", "settings", "libraries", "metrics"),
)


@dataclass
class Views:
    """A site with at least one row of each kind, and the addresses of their pages."""

    site: SiteUnderTest
    own: tuple[str, ...]

    def every(self) -> Iterator[str]:
        yield from LISTS
        yield from self.own


def _id(site: SiteUnderTest, path: str, body: Mapping[str, object], name: str) -> str:
    answer = site.owner("POST", path, json=body)
    assert answer.status_code < 300, answer.text
    return str(answer.get_json()[name])


def _first(site: SiteUnderTest, path: str, name: str) -> str:
    return str(site.owner("GET", path).get_json()[path][0][name])


@pytest.fixture
def views(site: SiteUnderTest) -> Views:
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
    own = (
        *(f"invites/{request_id}", f"people/{person_id}", f"links/{link_id}"),
        *(f"batches/{batch_id}", f"batches/{batch_id}/result.csv"),
        f"operations/{_first(site, 'operations', 'operation_id')}",
    )
    return Views(site, own)


def _rows(site: SiteUnderTest, table: str) -> int:
    with closing(sqlite3.connect(site.database)) as database:
        count: int = database.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
    return count


def test_every_kind_of_row_is_there(views: Views) -> None:
    there = {table for table in (*JSON_COLUMNS, *WORD_COLUMNS) if _rows(views.site, table)}
    assert there >= {*JSON_COLUMNS, *WORD_COLUMNS} - {"signed_in_browsers"}


@pytest.mark.parametrize(("table", "column", "values"), ODD)
def test_no_view_breaks(views: Views, table: str, column: str, values: tuple[str, ...]) -> None:
    broken = []
    for value in values:
        with suppress(sqlite3.IntegrityError):  # the database itself keeps such a value out
            write(views.site, column, value, table)
        answers = ((path, views.site.owner("GET", path)) for path in views.every())
        broken += [(value, path) for path, answer in answers if answer.status_code >= 500]
    assert broken == []
