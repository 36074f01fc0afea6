"""Approve or deny a request from a message: a signed link that can do nothing else.

The token names one request and the decision that its link offers, and is signed with a key from
SECRET_KEY. It is valid for 14 days. Whether it may still decide is up to the database, where an
answered request stays answered, through whichever link or browser.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from uuid import UUID

from itsdangerous import BadSignature, URLSafeSerializer

from helpr_core.clock import Clock
from helpr_core.domain.audit import Actor, Door
from helpr_core.domain.requests import InviteRequest, Status
from helpr_core.errors import HelprError, NotFound, NotPossible
from helpr_core.frozen import dataclass
from helpr_core.services.ports import InviteLog
from helpr_core.services.record_ports import AuditLog
from helpr_core.services.requests.owners import OwnerInvites

LIFETIME = timedelta(days=14)
APPROVE, DENY = "approve", "deny"
_DECISIONS = {"a": APPROVE, "d": DENY}
_SHORT = {decision: short for short, decision in _DECISIONS.items()}
_DECIDED = ("approved", "denied")
_STORY = 50


class LinkOver(HelprError):
    """The link is genuine, but its 14 days are over."""

    code = "approval_link_over"


@dataclass(frozen=True, slots=True)
class Offered:
    """What a token names: the request, and the decision that its link offers first."""

    request_id: UUID
    decision: str


@dataclass(frozen=True, slots=True)
class Opened:
    """The request behind a link. `by` is who answered it, if anybody has."""

    row: InviteRequest
    decision: str
    by: Actor | None = None

    @property
    def is_open(self) -> bool:
        """Whether there is still something to decide."""
        return self.row.status is Status.AWAITING_APPROVAL

    @property
    def was_used(self) -> bool:
        """Whether one of the links has answered it, and not the dashboard."""
        return self.by is not None and self.by.door is Door.NOTICE


class OneTap:
    """`public_url` is the site's address; without it there are no links."""

    def __init__(
        self,
        key: str,
        public_url: str | None,
        invite_log: InviteLog,
        audit: Callable[[], AuditLog],
        owners: Callable[[], OwnerInvites],
        clock: Clock,
    ) -> None:
        self._serializer = URLSafeSerializer(
            key,
            salt="helpr approval",
            signer_kwargs={"key_derivation": "hmac", "digest_method": hashlib.sha256},
        )
        self._public_url = public_url
        self._invite_log = invite_log
        self._audit = audit
        self._owners = owners
        self._clock = clock

    def addresses(self, request_id: UUID, at: datetime) -> tuple[str, str] | None:
        """The links that approve and deny a request made at that time."""
        if self._public_url is None:
            return None
        return self._address(request_id, APPROVE, at), self._address(request_id, DENY, at)

    def open(self, token: str) -> Opened:
        """What the link refers to; decides nothing. Raises NotFound for a link that is not ours,
        or whose request was deleted, and LinkOver."""
        offered = self._read(token)
        row = self._invite_log.get(offered.request_id)
        if row is None:
            raise NotFound("no such request")
        by = None
        if row.status is not Status.AWAITING_APPROVAL:
            by = self._who_answered(row.request_id)
        return Opened(row, offered.decision, by)

    def decide(self, token: str, decision: str, reference: str) -> Opened:
        """Answer the request, once. Raises as above, and NotPossible if it has been answered."""
        offered = self._read(token)
        actor = Actor(Door.NOTICE, "link", reference)
        row = self._invite_log.get(offered.request_id)
        if row is None:
            raise NotFound("no such request")
        if row.status is not Status.AWAITING_APPROVAL:
            raise NotPossible("answered already")
        owners = self._owners()
        act = owners.approve_first if decision == APPROVE else owners.deny
        return Opened(act(row.request_id, actor), decision, actor)

    def _address(self, request_id: UUID, decision: str, at: datetime) -> str:
        signed = [request_id.hex, _SHORT[decision], int(at.timestamp())]
        return f"{self._public_url}/approve/{self._serializer.dumps(signed)}"

    def _read(self, token: str) -> Offered:
        try:
            request_id, short, seconds = self._serializer.loads(token)
            at = datetime.fromtimestamp(int(seconds), UTC)
            offered = Offered(UUID(hex=request_id), _DECISIONS[short])
        except (BadSignature, ValueError, TypeError, KeyError, OverflowError, OSError) as exc:
            raise NotFound("not a link of ours") from exc
        if self._clock() - at >= LIFETIME:
            raise LinkOver("its days are over")
        return offered

    def _who_answered(self, request_id: UUID) -> Actor | None:
        told = self._audit().page(_STORY, target=str(request_id)).rows
        answers = {f"invite_{kind}" for kind in _DECIDED}
        return next((event.actor for event in told if event.action in answers), None)
