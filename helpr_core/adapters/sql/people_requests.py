"""The requests through which people came: their terms are promised for the share from then on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from helpr_core.adapters.sql.models import invite_requests
from helpr_core.adapters.sql.rows import read_terms
from helpr_core.domain.identity_key import identity_key
from helpr_core.domain.people import Person, Share, ShareState
from helpr_core.domain.people_merge import Merged, with_end
from helpr_core.domain.plex import Library, read_libraries
from helpr_core.domain.requests import Source
from helpr_core.domain.restrictions import holds, of_terms
from helpr_core.domain.terms import Terms
from helpr_core.frozen import dataclass

_columns = invite_requests.c
_SLACK = timedelta(days=1)
"""How much older a request may be than the share it led to, if that was read late."""


@dataclass(frozen=True, slots=True)
class _Sent:
    """A request whose invite was sent."""

    request_id: UUID
    source: str
    server_name: str
    libraries: tuple[Library, ...]
    terms: Terms
    sent_at: datetime
    link_id: str


def with_requests(connection: sa.Connection, merged: Merged, listed: Iterable[Person]) -> Merged:
    """The same with the promises of the requests that created the shares.

    `listed` are people in the reading who do not change otherwise: a request whose outcome was
    recorded after the previous reading is found at this one.
    """
    people = [*merged.added, *merged.changed]
    changed = {one.person_id for one in people}
    people += [one for one in listed if one.person_id not in changed]
    wanted = {
        one.person_id: [share for share in one.shares if _is_open(one, share, merged)]
        for one in people
    }
    sent = _sent(connection, [one for one in people if wanted[one.person_id]])
    if not sent:
        return merged
    after = {
        one.person_id: _claimed(one, wanted[one.person_id], sent, merged)
        for one in people
        if wanted[one.person_id]
    }
    taken = [after.get(one.person_id, one) for one in people]
    added = {one.person_id for one in merged.added}
    return replace(
        merged,
        added=[one for one in taken if one.person_id in added],
        changed=[
            one
            for one in taken
            if one.person_id not in added
            and (one.person_id in changed or one != merged.before.get(one.person_id))
        ],
    )


def _is_open(person: Person, share: Share, merged: Merged) -> bool:
    """Whether to look for the share's request: the share is new, or its request is unknown."""
    if share.state not in (ShareState.ACTIVE, ShareState.PENDING):
        return False
    before = _before(person, share, merged)
    is_new = before is None or before.share_id != share.share_id or not before.is_listed
    return is_new or (share.request_id is None and share.source == "plex")


def _before(person: Person, share: Share, merged: Merged) -> Share | None:
    known = merged.before.get(person.person_id)
    return known.share_on(share.server_id) if known else None


def _sent(connection: sa.Connection, people: Sequence[Person]) -> Mapping[str, list[_Sent]]:
    """Requests that were sent, by the person's key, the newest first."""
    keys = {key for one in people for key in _keys(one)}
    if not keys:
        return {}
    rows = connection.execute(
        sa.select(invite_requests)
        .where(_columns.identity_key.in_(keys), _columns.status == "success")
        .order_by(_columns.sent_at.desc(), _columns.id.desc())
    )
    found: dict[str, list[_Sent]] = {}
    for row in rows:
        found.setdefault(row.identity_key, []).append(_read(row))
    return found


def _read(row: sa.Row[Any]) -> _Sent:
    libraries = read_libraries(row.libraries)
    told = {"terms": row.terms, "source": Source.read(row.source), "libraries": libraries}
    return _Sent(
        row.request_id,
        row.source,
        row.server_name,
        libraries,
        read_terms(told),
        row.sent_at or row.timestamp,
        str(row._mapping.get("link_id") or ""),
    )


def _keys(person: Person) -> set[str]:
    return {person.address_key, identity_key(person.username)} - {""}


def _claimed(
    person: Person, wanted: Sequence[Share], sent: Mapping[str, list[_Sent]], merged: Merged
) -> Person:
    found = sorted(
        (one for key in _keys(person) for one in sent.get(key, ())),
        key=lambda one: one.sent_at,
        reverse=True,
    )
    for share in wanted:
        before = _before(person, share, merged)
        request = next(_fitting(share, before, found), None)
        if request is not None:
            person = _with_terms(person, share, request)
    return person


def _fitting(share: Share, before: Share | None, found: Sequence[_Sent]) -> Iterator[_Sent]:
    for one in found:
        server = one.terms.server
        is_here = server == share.server_id if server else _same_name(one, share)
        if is_here and (before is None or _is_newer(one, share, before)):
            yield one


def _same_name(one: _Sent, share: Share) -> bool:
    return not one.server_name or not share.server_name or one.server_name == share.server_name


def _is_newer(one: _Sent, share: Share, before: Share) -> bool:
    """Whether this share, not the previous one, was created by that request."""
    if one.request_id == before.request_id:
        return False
    if before.share_id == share.share_id and before.is_listed:
        began = share.invited_at or share.accepted_at
        return began is not None and one.sent_at >= began - _SLACK
    began = before.accepted_at or before.invited_at
    return began is None or one.sent_at > began


def _with_terms(person: Person, share: Share, request: _Sent) -> Person:
    terms = request.terms
    libraries = terms.libraries or request.libraries
    claimed = replace(
        share,
        request_id=request.request_id,
        source=request.source,
        link_id=request.link_id,
        promised=tuple(one.id for one in libraries) or None,
        access_days=terms.access_days,
        invited_at=request.sent_at,
        drift=(),
    )
    until = share.access_until
    is_old = until is not None and until <= request.sent_at
    claimed = with_end(claimed, None if is_old else until)
    shares = tuple(claimed if one is share else one for one in person.shares)
    fields = of_terms(terms.restrictions)
    if fields:
        held = person.restrictions is not None and holds(person.restrictions, fields)
        person = replace(person, promised={**person.promised, **fields}, restrictions_due=not held)
    return replace(person, shares=shares)
