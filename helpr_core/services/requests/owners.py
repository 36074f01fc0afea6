"""What the owner does with requests: invite, retry, approve, deny."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from helpr_core.clock import Clock
from helpr_core.domain.audit import Actor
from helpr_core.domain.identity import Identity
from helpr_core.domain.requests import InviteRequest, Status
from helpr_core.domain.transitions import ANSWERED_YES, APPROVED, DENIED, RETRIED, Transition
from helpr_core.errors import FieldError, InvalidInput, NotFound, NotPossible
from helpr_core.services.plex.libraries import SharedLibraries
from helpr_core.services.ports import InviteLog
from helpr_core.services.requests.attempt import Attempt
from helpr_core.services.requests.submit import SendInvite
from helpr_core.texts import Message

LONGEST_AHEAD = timedelta(days=366)

RETRY = "retry"
APPROVE = "approve"
DENY = "deny"

_TRANSITIONS = {RETRY: RETRIED, APPROVE: APPROVED, DENY: DENIED}


def actions(status: Status) -> tuple[str, ...]:
    """What may be done with a request in that state."""
    return tuple(action for action, one in _TRANSITIONS.items() if status in one.before)


class OwnerInvites:
    """Each method raises NotFound, NotPossible and the stores' errors; `by` is who does it.

    `managed` are the machine identifiers of the servers that Helpr manages; `libraries_of` is what
    is shared of one of them.
    """

    def __init__(
        self,
        invite_log: InviteLog,
        attempt: Attempt,
        send: SendInvite,
        libraries_of: Callable[[str], SharedLibraries],
        managed: Callable[[], Collection[str]],
        clock: Clock,
    ) -> None:
        self._invite_log = invite_log
        self._attempt = attempt
        self._send = send
        self._libraries_of = libraries_of
        self._managed = managed
        self._clock = clock

    def invite(
        self,
        identity: Identity,
        library_ids: Sequence[int] | None,
        by: Actor,
        server_id: str = "",
        access_from: datetime | None = None,
    ) -> InviteRequest:
        """Invite somebody; to these libraries of that server, or to the shared ones.

        InvalidInput for a server that Helpr does not manage; "" is the default one. Until
        `access_from` (aware) the request waits, and nothing is sent; at most LONGEST_AHEAD.
        """
        if access_from is not None and access_from > self._clock() + LONGEST_AHEAD:
            raise InvalidInput(FieldError("access_from", Message("field.too_far_ahead")))
        if server_id and server_id not in self._managed():
            raise InvalidInput(FieldError("server_id", Message("link.server_unknown")))
        shared = self._libraries_of(server_id)
        chosen = shared.named(library_ids) if library_ids is not None else ()
        return self._send.for_owner(identity, chosen, by, server_id, access_from)

    def retry(self, request_id: UUID, by: Actor) -> InviteRequest:
        """Try again at Plex now, even if it was sent, since it may have been taken back."""
        return self._attempt(self._changed(request_id, RETRIED, by), by)

    def approve(self, request_id: UUID, by: Actor) -> InviteRequest:
        """Approve it: the invite goes out now."""
        return self._attempt(self._changed(request_id, APPROVED, by), by)

    def approve_first(self, request_id: UUID, by: Actor) -> InviteRequest:
        """The same, if nobody has answered yet."""
        return self._attempt(self._changed(request_id, ANSWERED_YES, by), by)

    def deny(self, request_id: UUID, by: Actor) -> InviteRequest:
        """Deny it: nothing is sent, and the friend's page says so."""
        return self._changed(request_id, DENIED, by)

    def _changed(self, request_id: UUID, transition: Transition, by: Actor) -> InviteRequest:
        row = self._invite_log.change(request_id, transition, self._clock(), by)
        if row is not None:
            return row
        found = self._invite_log.get(request_id)
        if found is None:
            raise NotFound("no such request")
        if found.status in transition.before:
            raise NotPossible(Message("not_possible.other_is_open"))
        raise NotPossible(Message(f"not_possible.{found.status.value}"))
