"""Conversion of rows in `invite_requests` from and to the domain's dataclasses."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from helpr_core import shapes
from helpr_core.adapters.sql import error_words
from helpr_core.adapters.sql.models import invite_requests
from helpr_core.domain.advice import advise
from helpr_core.domain.plex import read_libraries
from helpr_core.domain.policies import terms_before
from helpr_core.domain.requests import InviteRequest, NewRequest, Outcome, Source, Status
from helpr_core.domain.terms import UNREADABLE, Approval, Terms

_NOT_READ_AS_THEY_ARE = ("id", *error_words.COLUMNS)
_NAMES = tuple(one.name for one in invite_requests.c if one.name not in _NOT_READ_AS_THEY_ARE)

NEW_COLUMNS = (
    *("request_id", "email_or_username", "identity_key", "timestamp", "status", "source"),
    *("server_name", "libraries", "client_key", "attempts", "next_attempt_at", "updated_at"),
    *("note", "queued_since", "browser_key", "terms", "plex_user_id"),
    *("link_id", "holds_use", "error_code", *error_words.COLUMNS),
)
"""The columns set by `new_values`; all others are empty in a new row."""

OUTCOME_COLUMNS = (
    *("error_code", *error_words.COLUMNS, "next_attempt_at"),
    *("sent_at", "accepted_at", "duration_ms"),
)
OFFER_COLUMNS = ("server_name", "libraries")
"""The columns set by `outcome_values`; the latter if it is only known now."""

BY_REQUEST_ID = sa.select(invite_requests).where(
    invite_requests.c.request_id == sa.bindparam("wanted_id")
)


def fetch_one(
    connection: sa.Connection, statement: Any, parameters: Mapping[str, Any]
) -> InviteRequest | None:
    """Run a statement that returns at most one row of the table."""
    found = connection.execute(statement, parameters).one_or_none()
    return to_request(found) if found else None


def to_request(row: sa.Row[Any]) -> InviteRequest:
    """The request in a row that has all the table's columns, whatever else it has."""
    mapping = row._mapping
    found: dict[str, Any] = {name: mapping[name] for name in _NAMES}
    found["status"] = Status.read(found["status"])
    found["source"] = Source.read(found["source"])
    found["libraries"] = read_libraries(found["libraries"])
    found["terms"] = read_terms(found)
    found["error_message"] = error_words.words_of(row)
    return InviteRequest(**found)


def read_terms(found: Mapping[str, Any]) -> Terms:
    """The row's terms; if any of them are unreadable, the owner is asked."""
    stored = found["terms"]
    if stored is None:
        return terms_before(found["source"], found["libraries"])
    try:
        terms = shapes.read(Terms, stored)
    except shapes.Unreadable:
        return UNREADABLE
    if terms.libraries is not None and len(terms.libraries) < len(stored["libraries"]):
        return replace(terms, approval=Approval.UNKNOWN)
    return terms


def new_values(new: NewRequest) -> dict[str, Any]:
    """The values written when a request is recorded; a queued one is due at once."""
    queued_at = new.timestamp if new.status is Status.QUEUED else None
    return {
        "request_id": new.request_id,
        "email_or_username": new.email_or_username,
        "identity_key": new.identity_key,
        "timestamp": new.timestamp,
        "status": new.status,
        "source": new.source,
        "server_name": new.server_name,
        "libraries": shapes.write(new.libraries),
        "client_key": new.client_key,
        "attempts": 0,
        "next_attempt_at": queued_at,
        "updated_at": new.timestamp,
        "note": new.note,
        "queued_since": queued_at,
        "browser_key": new.browser_key,
        "terms": None if new.terms is None else shapes.write(new.terms),
        "plex_user_id": new.plex_user_id,
        "link_id": new.link_id,
        "holds_use": False,
        "error_code": new.error_code,
        **error_words.columns_of(advise(new.error_code) if new.error_code else None),
    }


def terms_values(terms: Terms) -> dict[str, Any]:
    """The values written when the owner takes over a request, on these terms.

    From source and libraries, the previous version sees that it is the owner's.
    """
    values: dict[str, Any] = {"terms": shapes.write(terms)}
    if terms.libraries is not None:
        values |= {"source": Source.OWNER, "libraries": shapes.write(terms.libraries)}
    return values


def outcome_values(outcome: Outcome) -> dict[str, Any]:
    """The values written for an attempt's outcome; the statement does the rest."""
    values: dict[str, Any] = {
        "error_code": outcome.error_code,
        **error_words.columns_of(outcome.error_message),
        "next_attempt_at": outcome.next_attempt_at,
        "sent_at": _sent_at(outcome),
        "accepted_at": outcome.at if outcome.accepted else None,
        "duration_ms": outcome.duration_ms,
    }
    if outcome.libraries is not None:  # the row was opened without them
        values["server_name"] = outcome.server_name
        values["libraries"] = shapes.write(outcome.libraries)
    return values


def _sent_at(outcome: Outcome) -> datetime | None:
    return (outcome.sent_at or outcome.at) if outcome.status is Status.SUCCESS else None
