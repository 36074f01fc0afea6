"""That something changed: once, with who did it. Written in the transaction that changes it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from helpr_core.domain.audit import Actor, AuditEvent
from helpr_core.domain.requests import Status


@dataclass(frozen=True, slots=True)
class Event:
    """A change of a request's state, or something about a person or about the lists of people.

    `before` is None where a request was opened, and where it is about none.

    `kind` is a transition's name (domain/transitions.py), `code` the error's that led to it,
    `data` what belongs to this kind alone.
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
        """The same in the audit log."""
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
