"""Terms are stored with the row as they were when it was opened, and read with care."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from helpr_core import shapes
from helpr_core.adapters.sql.database import Database
from helpr_core.adapters.sql.invite_log import SqlInviteLog
from helpr_core.adapters.sql.models import invite_requests
from helpr_core.domain.audit import FRIEND
from helpr_core.domain.policies import terms_before
from helpr_core.domain.requests import Source
from helpr_core.domain.terms import Approval, Terms
from tests.adapters.sql.builders import MOVIES, MUSIC, NOON, request
from tests.adapters.sql.conftest import NewDatabase

WHOLE = Terms(
    Approval.NO,
    counted=False,
    server="machine-1",
    libraries=(MOVIES, MUSIC),
    restrictions=(("filterMovies", "contentRating=PG"),),
    access_days=14,
    access_from=NOON + timedelta(days=1),
)


@pytest.fixture
def database(database_url: str, new_database: NewDatabase) -> Database:
    return new_database(database_url)


def read_back(database: Database, stored: Any) -> Terms:
    """The terms of a row with that JSON in its column."""
    log = SqlInviteLog(database)
    row = log.open(request(), FRIEND).row
    with database.begin() as connection:
        connection.execute(sa.update(invite_requests).values(terms=stored))
    found = log.get(row.request_id)
    assert found is not None
    return found.terms


def test_terms_are_read_as_they_were_written(database: Database) -> None:
    log = SqlInviteLog(database)
    row = log.open(replace(request(), terms=WHOLE), FRIEND).row
    assert row.terms == WHOLE
    found = log.get(row.request_id)
    assert found is not None
    assert found.terms == WHOLE


def test_a_row_without_terms_is_from_before_terms_existed(database: Database) -> None:
    assert read_back(database, None) == terms_before(Source.FORM, (MOVIES, MUSIC))


def test_what_a_newer_version_adds_is_ignored(database: Database) -> None:
    stored = {**shapes.write(WHOLE), "quality": {"bitrate": 4000}}
    stored["libraries"][0]["added"] = 1
    assert read_back(database, stored) == WHOLE


@pytest.mark.parametrize(
    "change",
    [
        {"approval": "by_two_owners"},
        {"access_days": "14d"},
        {"access_days": True},
        {"access_from": "tomorrow"},
        {"counted": "no"},
        {"libraries": {"all": True}},
        {"libraries": [{"id": 3}, {"title": "without an id"}]},
    ],
    ids=json.dumps,
)
def test_unreadable_terms_need_the_owners_approval(
    database: Database, change: dict[str, Any]
) -> None:
    assert read_back(database, shapes.write(WHOLE) | change).approval is Approval.UNKNOWN


@pytest.mark.parametrize("stored", [[], "all", 7, {}], ids=json.dumps)
def test_invalid_terms_hide_no_request(database: Database, stored: Any) -> None:
    assert read_back(database, stored).approval is Approval.UNKNOWN
