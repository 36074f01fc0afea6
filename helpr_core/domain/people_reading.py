"""Whether plex.tv's lists of people can be trusted.

plex.tv has been known to answer 200 with part of a list, or with an empty one, and programs that
trusted it deleted everybody. A list that looks wrong therefore proves nothing: nobody is marked as
gone, and the owner is told.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime, timedelta
from enum import StrEnum

from helpr_core.domain.people import Lists
from helpr_core.frozen import dataclass

LATE = timedelta(seconds=30)
"""A reading that took longer shows what was, not what is."""


class Verdict(StrEnum):
    """What a reading is worth."""

    OK = "ok"
    SUSPICIOUS = "suspicious"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Doubt:
    """Which shares a series of suspicious lists lacked, and since when (aware UTC).

    `confirmed`: the owner has said that this is how it is.
    """

    missing: tuple[str, ...]
    since: datetime
    readings: int = 1
    confirmed: bool = False


@dataclass(frozen=True, slots=True)
class Reading:
    """Lists and the verdict on them. Times are aware UTC; `code` says why it is not `ok`."""

    began_at: datetime
    ended_at: datetime
    verdict: Verdict
    code: str = ""
    lists: Lists = Lists(())
    doubt: Doubt | None = None

    @property
    def is_plausible(self) -> bool:
        """Whether what it lacks may be marked as gone."""
        return self.verdict is Verdict.OK


def failed(began_at: datetime, ended_at: datetime, code: str) -> Reading:
    """A reading that produced no list."""
    return Reading(began_at, ended_at, Verdict.FAILED, code)


def judge(
    lists: Lists,
    began_at: datetime,
    ended_at: datetime,
    expected: Collection[str],
    doubt: Doubt | None = None,
) -> Reading:
    """Compare lists with the ids of the shares that they should contain.

    `expected` are those that were listed before, without those removed for us meanwhile. `doubt` is
    what the previous reading left.
    """
    reading = Reading(began_at, ended_at, Verdict.OK, lists=lists)
    missing = _missing(lists, expected)
    code = _fault(lists, ended_at - began_at, missing, expected)
    if not code:
        return reading
    doubt = _continued(doubt, missing, ended_at)
    if code in (EMPTY, SHORTER) and doubt.confirmed:
        return replace(reading, doubt=doubt)  # the next reading has to confirm it
    return replace(reading, verdict=Verdict.SUSPICIOUS, code=code, doubt=doubt)


EMPTY = "list_empty"
SHORTER = "list_shorter"
MALFORMED = "list_malformed"
PARTIAL = "list_partial"
LATE_CODE = "list_late"


def _fault(
    lists: Lists, took: timedelta, missing: tuple[str, ...], expected: Collection[str]
) -> str:
    if lists.unread:
        return MALFORMED
    if lists.paged:
        return PARTIAL
    if took > LATE or took < timedelta():
        return LATE_CODE
    if expected and not lists.rows:
        return EMPTY
    # New ones do not make up for missing ones.
    return SHORTER if len(missing) * 5 > len(expected) else ""


def _missing(lists: Lists, expected: Collection[str]) -> tuple[str, ...]:
    """Those missing from the lists; a row that reports its end is not missing."""
    listed = {row.share_id for row in lists.rows} | lists.left | lists.ended
    return tuple(sorted(set(expected) - listed))


def _continued(doubt: Doubt | None, missing: tuple[str, ...], at: datetime) -> Doubt:
    if doubt is None or doubt.missing != missing or doubt.since > at:
        return Doubt(missing, at)
    return replace(doubt, readings=doubt.readings + 1)
