"""Records the owner's actions; an action stands even if it cannot be recorded."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from typing import Any

from helpr_core.clock import Clock
from helpr_core.domain.audit import Actor, AuditEvent
from helpr_core.errors import LogUnavailable
from helpr_core.services.record_ports import AuditLog

log = logging.getLogger(__name__)


class AuditTrail:
    """The audit log's writing side. `events` is called for each note, because the database may be
    down."""

    def __init__(self, events: Callable[[], AuditLog], clock: Clock) -> None:
        self._events = events
        self._clock = clock

    def note(
        self,
        actor: Actor,
        action: str,
        target: str,
        before: Mapping[str, Any] | None = None,
        after: Mapping[str, Any] | None = None,
    ) -> None:
        """Record one action. Never raises: the action is done, and if the database has gone down
        since, the line goes to the worker's own log.
        """
        event = AuditEvent(self._clock(), actor, action, target, before, after)
        try:
            self._events().append(event)
        except LogUnavailable as exc:
            log.error(  # noqa: TRY400 - the reason says it all
                "action not in the audit log action=%s target=%s door=%s reference=%s reason=%s",
                action,
                target,
                actor.door,
                actor.reference,
                exc,
            )
