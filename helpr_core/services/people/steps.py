"""One step of a promised change, taken at plex.tv."""

from __future__ import annotations

import logging
from typing import Any

from helpr_core.clock import Clock
from helpr_core.domain.people import Person, ShareState
from helpr_core.domain.people_drift import DriftKind
from helpr_core.domain.people_operations import Kind, Operation, Step, View, acted
from helpr_core.domain.restrictions import holds
from helpr_core.frozen import dataclass
from helpr_core.services.people.ports import PeopleChanges, PeopleLog
from helpr_core.services.plex.errors import AlreadyShared, PlexTrouble
from helpr_core.texts import Message

log = logging.getLogger(__name__)


class NotTaken(PlexTrouble):
    """plex.tv answered with restrictions other than those sent; other operations go on."""

    code = "not_taken"


@dataclass(frozen=True, slots=True)
class Seen:
    """What is known about an operation's person and share."""

    person: Person
    view: View


class TakeStep:
    """Takes steps. Raises PlexError."""

    def __init__(self, changes: PeopleChanges, people: PeopleLog, clock: Clock) -> None:
        self._changes = changes
        self._people = people
        self._clock = clock

    def __call__(self, operation: Operation, step: Step, seen: Seen) -> Operation:
        """Take that step; returns the operation after it, which is still to be verified."""
        if step is Step.TAKE_AWAY:
            self._take_away(operation, seen)
        elif step is Step.LIBRARIES and seen.view.row is not None:
            share_id = seen.view.row.share_id
            self._changes.set_libraries(operation.server_id, share_id, operation.library_ids)
        elif step is Step.INVITE:
            self._invite(operation, seen.person)
        elif step is Step.RESTRICT:
            self._restrict(operation, seen.person)
        return acted(operation, step, seen.view, self._clock())

    def _take_away(self, operation: Operation, seen: Seen) -> None:
        """First take back the invitation, then delete the row, which plex.tv may leave behind."""
        person, view = seen.person, seen.view
        waits = not view.row.accepted if view.row else _is_pending(view)
        invite_id = str(person.account_id or person.email)
        if waits and invite_id and not _waits_elsewhere(person, operation.server_id):
            self._changes.cancel_invitation(invite_id)
        share_id = (view.row.share_id if view.row else "") or (
            view.share.share_id if view.share else ""
        )
        if share_id:
            self._changes.end_share(operation.server_id, share_id)
        removed: dict[str, Any] = {"removed_at": self._clock()}
        if operation.kind in (Kind.REMOVE, Kind.CANCEL):
            removed["gone_reason"] = operation.reason
        self._people.change_share(person.person_id, operation.server_id, removed)

    def _invite(self, operation: Operation, person: Person) -> None:
        try:
            self._changes.invite(
                operation.server_id, person.invitee, operation.library_ids, operation.restrictions
            )
        except AlreadyShared:  # an earlier attempt got through: the next reading shows it
            log.info("invited already operation_id=%s", operation.operation_id)

    def _restrict(self, operation: Operation, person: Person) -> None:
        account_id = person.account_id
        if account_id is None:
            raise NotTaken(Message("operation.no_account"))
        after = self._changes.set_restrictions(account_id, operation.restrictions)
        self._people.describe(person.person_id, {"restrictions": after})
        if not holds(after, operation.restrictions):
            raise NotTaken(Message("operation.not_taken"))
        for share in person.shares:
            drift = tuple(one for one in share.drift if one.kind != DriftKind.RESTRICTIONS)
            if drift != share.drift:
                self._people.change_share(person.person_id, share.server_id, {"drift": drift})


def _is_pending(view: View) -> bool:
    return view.share is not None and view.share.accepted_at is None


def _waits_elsewhere(person: Person, server_id: str) -> bool:
    """Whether another server's invitation would be taken back with this one's."""
    return any(
        share.state is ShareState.PENDING and share.server_id != server_id
        for share in person.shares
    )
