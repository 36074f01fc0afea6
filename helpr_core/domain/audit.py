"""What the owner did: who, through which door, to what, from what to what."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

REFUSED = "sign_in_refused"
"""The one action that is not the owner's."""


class Door(StrEnum):
    """How an action came in."""

    SESSION = "session"
    KEY = "key"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: the name that signed in, or the key (the host does not tell which key)."""

    door: Door
    name: str


@dataclass(frozen=True, slots=True)
class AuditEvent:
    """One action. `before` and `after` hold what changed, and never a secret.

    `target` is a request's id, or the noun itself (`settings`, `libraries`, `session`);
    `reference` finds the call in the log.
    """

    at: datetime
    actor: Actor
    action: str
    target: str
    reference: str
    before: Mapping[str, Any] | None = None
    after: Mapping[str, Any] | None = None
