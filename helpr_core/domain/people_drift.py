"""How a share differs from what was promised, as shown to the owner."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any

from helpr_core.domain.people import Drift, Listed, Person, Share
from helpr_core.domain.plex import Library
from helpr_core.domain.restrictions import holds
from helpr_core.domain.titles import title_key


class DriftKind(StrEnum):
    """What differs."""

    UNKNOWN_PERSON = "unknown_person"
    MORE_LIBRARIES = "more_libraries"
    FEWER_LIBRARIES = "fewer_libraries"
    ALL_LIBRARIES = "all_libraries"
    LIBRARY_REBUILT = "library_rebuilt"
    RESTRICTIONS = "restrictions"
    NAME_CHANGED = "name_changed"


ABOUT_LIBRARIES = frozenset(
    {
        DriftKind.MORE_LIBRARIES,
        DriftKind.FEWER_LIBRARIES,
        DriftKind.ALL_LIBRARIES,
        DriftKind.LIBRARY_REBUILT,
    }
)
"""The differences that a change of libraries settles."""


def drift_of(share: Share, row: Listed, before: Person | None, now: datetime) -> tuple[Drift, ...]:
    """The current differences; existing ones keep their time and whether they are ignored.

    `before` is the person as known until now, None for somebody new.
    """
    known = {one.kind: one for one in share.drift}
    return tuple(
        _kept(known.get(kind), kind, detail, now) for kind, detail in _found(share, row, before)
    )


def _kept(known: Drift | None, kind: str, detail: Mapping[str, Any], now: datetime) -> Drift:
    if known is None:
        return Drift(kind, now, detail)
    same = dict(known.detail) == dict(detail)
    return Drift(kind, known.since, detail, ignored=known.ignored and same)


def _found(
    share: Share, row: Listed, before: Person | None
) -> Iterator[tuple[str, Mapping[str, Any]]]:
    if share.source == "plex" and (before is None or _has(share, DriftKind.UNKNOWN_PERSON)):
        yield DriftKind.UNKNOWN_PERSON, {}
    if share.promised is not None:
        yield from _libraries(share, row, before)
    if before is not None:
        yield from _person(share, row, before)


def _libraries(
    share: Share, row: Listed, before: Person | None
) -> Iterator[tuple[str, Mapping[str, Any]]]:
    if row.all_libraries:
        yield DriftKind.ALL_LIBRARIES, {}
        return
    if row.libraries is None:
        return
    promised = set(share.promised or ())
    more = [one for one in row.libraries if one.id not in promised]
    fewer = promised - {one.id for one in row.libraries}
    rebuilt = _rebuilt(share, more, fewer, before)
    if rebuilt:
        yield DriftKind.LIBRARY_REBUILT, {"ids": {str(old): new for new, old in rebuilt.items()}}
    extra = sorted(one.id for one in more if one.id not in rebuilt)
    lacking = sorted(fewer - set(rebuilt.values()))
    if extra:
        yield DriftKind.MORE_LIBRARIES, {"ids": extra}
    if lacking:
        yield DriftKind.FEWER_LIBRARIES, {"ids": lacking}


def _rebuilt(
    share: Share, more: Sequence[Library], fewer: Collection[int], before: Person | None
) -> dict[int, int]:
    """New libraries that replace a promised one with the same title: new id to old id."""
    old_share = before.share_on(share.server_id) if before else None
    titles = {one.id: title_key(one.title) for one in old_share.libraries} if old_share else {}
    told = next((one.detail for one in share.drift if one.kind == DriftKind.LIBRARY_REBUILT), {})
    known = told.get("ids") or {}
    return {
        one.id: old
        for one in more
        for old in fewer
        if titles.get(old) == title_key(one.title) or known.get(str(old)) == one.id
    }


def _person(share: Share, row: Listed, before: Person) -> Iterator[tuple[str, Mapping[str, Any]]]:
    differs = (row.username and before.username and row.username != before.username) or (
        row.email and before.email and row.email != before.email
    )
    if differs or _has(share, DriftKind.NAME_CHANGED):
        yield DriftKind.NAME_CHANGED, {}
    if _differs(share, row, before):
        yield DriftKind.RESTRICTIONS, {}


def _differs(share: Share, row: Listed, before: Person) -> bool:
    """Whether restrictions are not as promised; if nothing was promised, whether they have
    changed."""
    now = row.restrictions
    if before.promised:
        # While they are due, the change is on its way.
        return now is not None and not (before.restrictions_due or holds(now, before.promised))
    changed = now and before.restrictions and now != before.restrictions
    return bool(changed) or _has(share, DriftKind.RESTRICTIONS)


def _has(share: Share, kind: str) -> bool:
    return any(one.kind == kind for one in share.drift)
