"""A link: an address with terms, and limits on how often and until when it may be used."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import field
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from helpr_core.domain.codes import code_key
from helpr_core.domain.plex import Library
from helpr_core.domain.terms import Approval
from helpr_core.frozen import dataclass

SITE_LINK_ID = UUID(int=1)
"""The link that the site's own code creates: it has no row and no limits."""

SHORTEST_CODE = 6
"""The minimum of letters and digits, as compared, in a code of one's own."""
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's Base32: no I, L, O and U."""
_GROUPS = (4, 4, 2)

FEW = 5
"""From this many remaining places on, friends are told."""


class LinkState(StrEnum):
    """What the link does for a friend who opens it now."""

    ACTIVE = "active"
    EXPIRED = "expired"
    USED_UP = "used_up"
    DISABLED = "disabled"


@dataclass(frozen=True, slots=True)
class Link:
    """A row of `links`. `code` is what friends type, "" if it can no longer be read.

    Without `libraries` it gives what is shared when the invite is sent. `restrictions` are named as
    in the API. `uses_limit` None means no limit, `access_days` None no end. `server_id` "" is the
    default server. Times are aware UTC. A deleted link keeps its row but not its code.
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
        """The first state that applies."""
        if not self.enabled or self.deleted_at is not None:
            return LinkState.DISABLED
        if self.expires_at is not None and self.expires_at <= now:
            return LinkState.EXPIRED
        if self.uses_left == 0:
            return LinkState.USED_UP
        return LinkState.ACTIVE

    @property
    def uses_left(self) -> int | None:
        """How many more people may use it; None for no limit."""
        return None if self.uses_limit is None else max(0, self.uses_limit - self.uses)

    @property
    def is_sites(self) -> bool:
        """Whether it is the site's own code, which is a setting."""
        return self.link_id == SITE_LINK_ID


@dataclass(frozen=True, slots=True)
class Statistics:
    """The results of a link: how often its page was opened (None: currently unknown), and the
    outcomes of its requests.

    Requests deleted by retention still count.
    """

    opened: int | None = 0
    asked: int = 0
    sent: int = 0
    accepted: int = 0


def made_code(below: Callable[[int], int]) -> str:
    """A 50-bit code, as shown: `7K3F-9QXM-2T`. `below(n)` draws from range(n)."""
    drawn = [_ALPHABET[below(len(_ALPHABET))] for _ in range(sum(_GROUPS))]
    return "-".join("".join(drawn[start:end]) for start, end in _spans(_GROUPS))


def is_long_enough(code: str) -> bool:
    """Whether a code of the owner's own has enough significant characters."""
    return sum(char.isalnum() for char in code_key(code)) >= SHORTEST_CODE


def _spans(lengths: Sequence[int]) -> list[tuple[int, int]]:
    ends = [sum(lengths[: at + 1]) for at in range(len(lengths))]
    return list(zip([0, *ends], ends, strict=False))
