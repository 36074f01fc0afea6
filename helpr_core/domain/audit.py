"""Who changed what, through which door, with old and new values."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from helpr_core.domain.vocabulary import Vocabulary
from helpr_core.frozen import dataclass

REFUSED = "sign_in_refused"
"""The only action at the owner's door that is not the owner's."""


class Door(Vocabulary):
    """How an action came in."""

    SESSION = "session"
    KEY = "key"
    FRIEND = "friend"
    SYSTEM = "system"
    NOTICE = "notice"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: the name that signed in, the key (the host does not tell which key), a friend,
    or Helpr by itself; `reference` finds the call in the log.
    """

    door: Door
    name: str
    reference: str = ""

    @property
    def is_owner(self) -> bool:
        """Whether it is the owner: signed in, with the key, or through the link in a notice."""
        return self.door in (Door.SESSION, Door.KEY, Door.NOTICE)


FRIEND = Actor(Door.FRIEND, "")
HOUSEKEEPING = Actor(Door.SYSTEM, "housekeeping")
COMMAND_LINE = Actor(Door.SYSTEM, "command line")


@dataclass(frozen=True, slots=True)
class AuditEvent:
    """One action. `before` and `after` hold what changed, but never a secret.

    `target` is a request's id, or the noun itself (`settings`, `libraries`, `session`).
    """

    at: datetime
    actor: Actor
    action: str
    target: str
    before: Mapping[str, Any] | None = None
    after: Mapping[str, Any] | None = None
