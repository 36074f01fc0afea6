"""What a request gets, and on what conditions: settled when it is opened, and kept with it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from helpr_core.domain.plex import Library
from helpr_core.domain.vocabulary import Vocabulary


class Approval(Vocabulary):
    """Whether the owner is asked before anything is sent."""

    YES = "yes"
    NO = "no"
    AS_SET = "as_set"  # as the owner's settings say once they can be read
    UNKNOWN = "unknown"  # the terms cannot be read: the owner is asked


@dataclass(frozen=True, slots=True)
class Terms:
    """`counted`: the owner's cap a day counts the request, and their pause holds it back.

    `server` is a machine identifier, "" for the server that is managed. Without `libraries` it is
    what is shared when the invite is sent. `restrictions` are the fields that were named
    (domain/restrictions.py); what is not named stays as it is. `access_days` count from the
    acceptance, None has no end; nothing is sent before `access_from` (aware UTC).
    """

    approval: Approval = Approval.UNKNOWN
    counted: bool = True
    server: str = ""
    libraries: tuple[Library, ...] | None = None
    restrictions: tuple[tuple[str, str], ...] = ()
    access_days: int | None = None
    access_from: datetime | None = None


UNREADABLE = Terms()
"""Of which nothing is known but that there are some."""
