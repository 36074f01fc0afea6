"""An event with what its request says about the person: what a notice is composed from."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from helpr_core.adapters.sql import error_words
from helpr_core.adapters.sql.models import events, invite_requests
from helpr_core.adapters.sql.people_models import people
from helpr_core.domain.notices import OPENED, OutboxEntry
from helpr_core.domain.requests import Status

_event, _request = events.c, invite_requests.c
_opened, _asked = events.alias("opened"), invite_requests.alias("asked")
_OPENED_DATA = (
    sa.select(_opened.c.data)
    .join(_asked, _asked.c.request_id == _opened.c.request_id)
    .where(
        _opened.c.kind == OPENED,
        sa.or_(
            _opened.c.request_id == _event.request_id,
            sa.and_(people.c.address_key != "", _asked.c.identity_key == people.c.address_key),
            sa.and_(people.c.name_key != "", _asked.c.identity_key == people.c.name_key),
        ),
    )
    .order_by(_opened.c.id.desc())
    .limit(1)
    .scalar_subquery()
)
"""The person's latest request, which has the language it was made in."""
ENTRY: tuple[Any, ...] = (
    _event.id,
    _event.at,
    _event.kind,
    _event.actor,
    _event.request_id,
    _event.to_status,
    _event.code,
    _event.data,
    _request.email_or_username,
    _request.note,
    _request.server_name,
    _request.error_code,
    _request.error_message,
    _request.error_words,
    _request.status,
    people.c.email,
    _OPENED_DATA.label("opened_data"),
)
WITH_REQUEST = events.outerjoin(
    invite_requests, _request.request_id == _event.request_id
).outerjoin(people, people.c.person_id == _event.person_id)


def to_entry(row: sa.Row[Any]) -> OutboxEntry:
    """The event with what its request says about the person."""
    data = row.data if isinstance(row.data, dict) else None
    return OutboxEntry(
        event_id=row.id,
        at=row.at,
        event=row.kind,
        actor=row.actor,
        request_id=row.request_id,
        to_status=row.to_status,
        code=row.code,
        data=data,
        name=row.email_or_username or str((data or {}).get("name") or ""),
        note=row.note or "",
        server_name=row.server_name or "",
        error=error_words.words_of(row) or "",
        still_awaiting=row.status == Status.AWAITING_APPROVAL,
        mailbox=_mailbox(row.email_or_username) or _mailbox(row.email),
        language=_language(row.opened_data),
    )


def _mailbox(text: str | None) -> str:
    return text if text and "@" in text else ""


def _language(data: object) -> str:
    return str(data.get("language") or "") if isinstance(data, dict) else ""
