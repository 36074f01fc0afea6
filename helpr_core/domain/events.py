"""An event: what changed and who did it. Written in the transaction that makes the change."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from helpr_core.domain.audit import Actor, AuditEvent
from helpr_core.domain.requests import Status
from helpr_core.frozen import dataclass


@dataclass(frozen=True, slots=True)
class Event:
    """A change of a request's state, or something about a person or the lists of people.

    `before` is None when a request was opened, and for events about no request.

    `kind` is a transition's name (domain/transitions.py), `code` that of the error behind it,
    `data` what only this kind has.
    """

    at: datetime
    kind: str
    actor: Actor
    request_id: UUID | None
    before: Status | None
    after: Status | None
    code: str | None = None
    data: Mapping[str, Any] | None = None
    person_id: UUID | None = None

    def as_action(self) -> AuditEvent:
        """The event as an entry of the audit log."""
        if self.request_id is None:
            return self._about_people()
        after = _told(self.after)
        if self.code is not None:
            after["error_code"] = self.code
        return AuditEvent(
            self.at,
            self.actor,
            f"invite_{self.kind}",
            str(self.request_id),
            _told(self.before) or None,
            after,
        )

    def _about_people(self) -> AuditEvent:
        target = f"person:{self.person_id}" if self.person_id else "people"
        after = {**(self.data or {}), **({"code": self.code} if self.code else {})}
        return AuditEvent(self.at, self.actor, f"access_{self.kind}", target, None, after)


def _told(status: Status | None) -> dict[str, str]:
    return {} if status is None else {"status": status.value}
