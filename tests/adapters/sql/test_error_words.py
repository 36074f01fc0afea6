"""A row stores its error as a code with parameters, not as a sentence in some language."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from helpr_core.adapters.sql.database import Database
from helpr_core.adapters.sql.invite_log import SqlInviteLog
from helpr_core.adapters.sql.models import invite_requests
from helpr_core.domain.advice import advise, gave_up
from helpr_core.domain.audit import FRIEND
from helpr_core.domain.requests import Status
from helpr_core.texts import Words
from tests.adapters.sql.builders import outcome, request
from tests.adapters.sql.conftest import NewDatabase

COLUMNS = ("error_code", "error_message", "error_words")


@pytest.fixture
def database(database_url: str, new_database: NewDatabase) -> Database:
    return new_database(database_url)


def failed(database: Database, words: Words) -> UUID:
    """A request that has failed with these words."""
    log = SqlInviteLog(database)
    row = log.open(request(), FRIEND).row
    end = replace(outcome(Status.FAILED), error_code="plex_refused", error_message=words)
    recorded = log.record(row, end, FRIEND)
    assert recorded is not None
    assert recorded.error_message == words
    return row.request_id


def overwrite(database: Database, **values: Any) -> None:
    """Write past this version's code, as the previous or a later version would."""
    with database.begin() as connection:
        connection.execute(sa.update(invite_requests).values(**values))


def said(database: Database, request_id: UUID) -> Words | None:
    found = SqlInviteLog(database).get(request_id)
    assert found is not None
    return found.error_message


@pytest.mark.parametrize(
    "words", [gave_up(advise("plex_refused", "No such user.")), advise("none"), "Not today. 😀"]
)
def test_error_words_are_read_as_they_were_written(database: Database, words: Words) -> None:
    assert said(database, failed(database, words)) == words


def test_no_english_is_stored_in_the_row(database: Database) -> None:
    failed(database, advise("plex_refused", "No such user."))
    with database.begin() as connection:
        columns = [invite_requests.c[name] for name in COLUMNS]
        row = connection.execute(sa.select(*columns)).one()
    assert row.error_message is None
    assert row.error_words == {
        "code": "advice.plex_said",
        "params": {
            "advice": {"code": "advice.plex_refused", "params": {}},
            "reason": "No such user.",
        },
    }


def test_english_stored_by_a_previous_version_is_still_shown(database: Database) -> None:
    request_id = failed(database, advise("none"))
    # That version has retried since, and does not know the column with the words.
    overwrite(database, error_message="Plex refused this invitation.")
    assert said(database, request_id) == "Plex refused this invitation."
    overwrite(database, error_code=None, error_message=None, status=Status.SUCCESS)
    assert said(database, request_id) is None


@pytest.mark.parametrize("stored", [7, [], {}, {"code": 3}, {"params": {}}])
def test_unreadable_error_words_are_left_out(database: Database, stored: Any) -> None:
    request_id = failed(database, advise("none"))
    overwrite(database, error_words=stored)
    assert said(database, request_id) is None
