"""What happens to people and to reading them: each once, for notices and the audit log."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import field
from enum import StrEnum
from typing import Any
from uuid import UUID

from helpr_core.domain.people import Person, Share, ShareState
from helpr_core.domain.people_operations import Kind, Operation
from helpr_core.domain.people_reading import Reading, Verdict
from helpr_core.frozen import dataclass


class PeopleEventKind(StrEnum):
    """What happened."""

    REMOVED = "removed"
    ENDED = "ended"
    STALE = "stale"
    """An invitation that nobody accepted was taken back."""
    GONE = "gone"
    """Without Helpr: `code` says how."""
    REMOVAL_FAILED = "removal_failed"
    CHANGE_FAILED = "change_failed"
    ENDS_SOON = "ends_soon"
    DRIFT_FOUND = "drift_found"
    LIST_SUSPICIOUS = "list_suspicious"
    LIST_GONE = "list_gone"


@dataclass(frozen=True, slots=True)
class PeopleEvent:
    """`person_id` is None if it is about plex.tv's lists; `data` never holds a secret."""

    kind: PeopleEventKind
    person_id: UUID | None = None
    code: str | None = None
    data: Mapping[str, Any] = field(default_factory=dict)


_BY_US = {
    "owner": PeopleEventKind.REMOVED,
    "removed": PeopleEventKind.REMOVED,
    "ended": PeopleEventKind.ENDED,
    "stale": PeopleEventKind.STALE,
}


def of_change(before: Person | None, after: Person) -> Iterator[PeopleEvent]:
    """What a reading has shown about one person."""
    for share in after.shares:
        was = before.share_on(share.server_id) if before else None
        if share.state is ShareState.GONE and was is not None and was.is_listed:
            yield about(
                after,
                share,
                _BY_US.get(share.gone_reason, PeopleEventKind.GONE),
                share.gone_reason or None,
            )
        known = {one.kind for one in was.drift} if was else set()
        for one in share.drift:
            if one.kind not in known:
                yield about(after, share, PeopleEventKind.DRIFT_FOUND, drift=one.kind)


def of_failure(operation: Operation, person: Person | None) -> PeopleEvent:
    """An operation was given up."""
    is_removal = operation.kind in (Kind.REMOVE, Kind.CANCEL)
    kind = PeopleEventKind.REMOVAL_FAILED if is_removal else PeopleEventKind.CHANGE_FAILED
    share = person.share_on(operation.server_id) if person else None
    data = {
        "operation": str(operation.kind),
        "operation_id": str(operation.operation_id),
        "server_id": operation.server_id,
        "name": person.name if person else "",
        "server_name": share.server_name if share else "",
    }
    return PeopleEvent(kind, operation.person_id, operation.error_code, data)


def ends_soon(person: Person, share: Share, days: int) -> PeopleEvent:
    """Access ends in that many days or fewer."""
    until = share.access_until.isoformat() if share.access_until else None
    return about(person, share, PeopleEventKind.ENDS_SOON, days=days, until=until)


def of_reading(
    reading: Reading, before: Verdict, code_before: str, gone_before: tuple[str, ...]
) -> Iterator[PeopleEvent]:
    """What the owner should know about plex.tv's lists, when it starts."""
    gone = reading.lists.paths_gone
    if set(gone) - set(gone_before):
        yield PeopleEvent(PeopleEventKind.LIST_GONE, data={"paths": list(gone)})
    is_new = before is not Verdict.SUSPICIOUS or code_before != reading.code
    if reading.verdict is Verdict.SUSPICIOUS and is_new:
        yield PeopleEvent(PeopleEventKind.LIST_SUSPICIOUS, code=reading.code)


def about(
    person: Person, share: Share, kind: PeopleEventKind, code: str | None = None, **data: Any
) -> PeopleEvent:
    """An event about one person's share."""
    told = {"name": person.name, "server_id": share.server_id, "server_name": share.server_name}
    return PeopleEvent(kind, person.person_id, code, told | data)
