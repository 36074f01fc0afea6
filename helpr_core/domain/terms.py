"""What a request gets, and on what conditions: settled when it is opened, and kept with it."""

from __future__ import annotations

from datetime import datetime

from helpr_core.domain.plex import Library
from helpr_core.domain.vocabulary import Vocabulary
from helpr_core.frozen import dataclass


class Approval(Vocabulary):
    """Whether the owner is asked before anything is sent."""

    YES = "yes"
    NO = "no"
    AS_SET = "as_set"  # as the owner's settings say once they can be read
    UNKNOWN = "unknown"  # the terms are unreadable: the owner is asked


@dataclass(frozen=True, slots=True)
class Terms:
    """`counted`: the owner's daily cap counts the request, and their pause holds it back.

    `server` is a machine identifier, "" for the default server. Without `libraries`, the invite
    gives what is shared when it is sent. `restrictions` are the named fields
    (domain/restrictions.py); others stay as they are. `access_days` count from the acceptance, None
    means no end; nothing is sent before `access_from` (aware UTC).
    """

    approval: Approval = Approval.UNKNOWN
    counted: bool = True
    server: str = ""
    libraries: tuple[Library, ...] | None = None
    restrictions: tuple[tuple[str, str], ...] = ()
    access_days: int | None = None
    access_from: datetime | None = None


UNREADABLE = Terms()
"""Terms of which only the existence is known."""
