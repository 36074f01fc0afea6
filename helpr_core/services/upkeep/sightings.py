"""What workers have noticed that the owner should know about: kept for a day in the state store."""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum

from helpr_core.clock import Clock
from helpr_core.domain.checks import Check, Severity
from helpr_core.domain.clients import Doubt
from helpr_core.domain.concerns import Concern
from helpr_core.errors import StateUnavailable
from helpr_core.frozen import dataclass
from helpr_core.services.documents import Document
from helpr_core.services.ports import SITE, StateStore
from helpr_core.texts import Message, clauses, in_english, sentences

log = logging.getLogger(__name__)

KEPT = timedelta(days=1)
_AGAIN_SECONDS = 3600.0


class Sighting(StrEnum):
    """What was seen."""

    PROXY_IGNORED = Doubt.IGNORED.value
    PROXY_MISSING = Doubt.MISSING.value
    WRONG_CODES = "wrong_codes"
    FAILED_SIGN_INS = "failed_sign_ins"
    MANY_INVITES = "many_invites"


_PROXY = (Sighting.PROXY_IGNORED, Sighting.PROXY_MISSING)
_CEILINGS = (Sighting.MANY_INVITES, Sighting.WRONG_CODES, Sighting.FAILED_SIGN_INS)


@dataclass(frozen=True, slots=True)
class Seen:
    """When something was seen last, and HELPR_TRUSTED_PROXY_HOPS at that time."""

    at: datetime
    trusted_hops: int


_DOCUMENT = Document(SITE, "seen.", Seen)


class Sightings:
    """Each worker notes each sighting at most once an hour, however often it occurs.

    Sightings of proxies count as long as `trusted_hops` is unchanged.
    """

    def __init__(self, state: StateStore, clock: Clock, trusted_hops: int = 0) -> None:
        self._state = state
        self._clock = clock
        self._trusted_hops = trusted_hops
        self._noted: dict[Sighting, float] = {}

    def note(self, what: Sighting) -> None:
        """Note that this was seen now, and log it. Never raises."""
        now = time.monotonic()
        if now - self._noted.get(what, -_AGAIN_SECONDS) < _AGAIN_SECONDS:
            return
        self._noted[what] = now
        log.warning("seen what=%s: %s", what, in_english(_found(what)))
        seen_at = self._clock()
        try:
            seen = Seen(seen_at, self._trusted_hops)
            _DOCUMENT.named(what).put(self._state, seen, seen_at + KEPT)
        except StateUnavailable as exc:
            log.warning("what was seen is not kept reason=%s", exc)

    def note_doubt(self, doubt: Doubt) -> None:
        """The same for a proxy whose client addresses are ignored or missing."""
        self.note(Sighting(doubt.value))

    def concerns(self) -> list[Concern]:
        """Signs of a setting that does not fit. Raises StateUnavailable."""
        return [
            Concern("HELPR_TRUSTED_PROXY_HOPS", _found(what), _fix(what))
            for what, seen in self._seen().items()
            if what in _PROXY and seen.trusted_hops == self._trusted_hops
        ]

    def ceilings(self) -> Check:
        """Limits for all clients together that were reached. Raises as above."""
        recent = self.recent()
        found = [(what, recent[what]) for what in _CEILINGS if what in recent]
        if not found:
            return Check("ceilings", Severity.OK, Message("check.ceilings.ok"))
        return Check(
            "ceilings",
            Severity.WARNING,
            clauses(
                *(
                    Message("check.ceilings.last_seen", found=_found(what), at=at)
                    for what, at in found
                )
            ),
            sentences(*(_fix(what) for what, _ in found)),
        )

    def recent(self) -> Mapping[Sighting, datetime]:
        """What was seen within a day, and when last. Raises StateUnavailable."""
        return {what: seen.at for what, seen in self._seen().items()}

    def _seen(self) -> Mapping[Sighting, Seen]:
        found = {entry.key: seen for entry, seen in _DOCUMENT.all(self._state)}
        # This version ignores sightings that it does not know.
        keys = {what: _DOCUMENT.named(what).key for what in Sighting}
        return {what: found[key] for what, key in keys.items() if key in found}


def _found(what: Sighting) -> Message:
    return Message(f"seen.{what.value}")


def _fix(what: Sighting) -> Message:
    return Message(f"seen.{what.value}_fix")
