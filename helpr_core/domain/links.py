"""A link: an address that carries terms, and limits on how often and until when it may be used."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from helpr_core.domain.codes import code_key
from helpr_core.domain.plex import Library
from helpr_core.domain.terms import Approval

ENVIRONMENT_ID = UUID(int=1)
"""The link that INVITE_CODE makes: it has no row, and no limits."""

SHORTEST_CODE = 6
"""Letters and digits of an own code, as they are compared."""
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's Base32: no I, L, O and U."""
_GROUPS = (4, 4, 2)

FEW = 5
"""Places left of which a friend is told."""


class LinkState(StrEnum):
    """What the link does for a friend who opens it now."""

    ACTIVE = "active"
    EXPIRED = "expired"
    USED_UP = "used_up"
    DISABLED = "disabled"


@dataclass(frozen=True, slots=True)
class Link:
    """A row of `links`. `code` is what friends type, "" where it cannot be read any more.

    Without `libraries` it gives what is shared when the invite is sent. `restrictions` are named
    as in the API. `uses_limit` None has no limit, `access_days` None no end. `server_id` "" is
    the server that is managed. Times are aware UTC. A deleted link keeps its row, and no code.
    """

    link_id: UUID
    code: str
    created_at: datetime
    updated_at: datetime
    label: str = ""
    server_id: str = ""
    libraries: tuple[Library, ...] | None = None
    restrictions: Mapping[str, Any] = field(default_factory=dict)
    uses_limit: int | None = None
    uses: int = 0
    expires_at: datetime | None = None
    access_days: int | None = None
    approval: Approval = Approval.AS_SET
    require_sign_in: bool = False
    welcome: str = ""
    enabled: bool = True
    deleted_at: datetime | None = None

    def state(self, now: datetime) -> LinkState:
        """Its state: the first of these that applies."""
        if not self.enabled or self.deleted_at is not None:
            return LinkState.DISABLED
        if self.expires_at is not None and self.expires_at <= now:
            return LinkState.EXPIRED
        if self.uses_left == 0:
            return LinkState.USED_UP
        return LinkState.ACTIVE

    @property
    def uses_left(self) -> int | None:
        """How many may still come; None without a limit."""
        return None if self.uses_limit is None else max(0, self.uses_limit - self.uses)

    @property
    def is_environments(self) -> bool:
        """Whether it is the setting INVITE_CODE."""
        return self.link_id == ENVIRONMENT_ID


@dataclass(frozen=True, slots=True)
class Statistics:
    """What came of a link: how often its page was opened (None: that is not known at present),
    and what became of the requests.

    Requests that retention has deleted still count.
    """

    opened: int | None = 0
    asked: int = 0
    sent: int = 0
    accepted: int = 0


def made_code(below: Callable[[int], int]) -> str:
    """A code of 50 bits, as it is shown: `7K3F-9QXM-2T`. `below(n)` draws from range(n)."""
    drawn = [_ALPHABET[below(len(_ALPHABET))] for _ in range(sum(_GROUPS))]
    return "-".join("".join(drawn[start:end]) for start, end in _spans(_GROUPS))


def is_long_enough(code: str) -> bool:
    """Whether an own code has enough characters that count."""
    return sum(char.isalnum() for char in code_key(code)) >= SHORTEST_CODE


def _spans(lengths: Sequence[int]) -> list[tuple[int, int]]:
    ends = [sum(lengths[: at + 1]) for at in range(len(lengths))]
    return list(zip([0, *ends], ends, strict=False))
