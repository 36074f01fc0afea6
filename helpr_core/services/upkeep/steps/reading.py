"""Read who has access, if that is due."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from helpr_core.clock import Clock
from helpr_core.frozen import dataclass
from helpr_core.services.people.reading import PeopleReading
from helpr_core.services.upkeep.steps.people import SOON
from helpr_core.services.upkeep.turn import Turn


@dataclass(frozen=True, slots=True)
class ReadPeople:
    """Two calls to plex.tv, however many people there are; more often while something is due."""

    reading: PeopleReading
    next_due: Callable[[], datetime | None]
    clock: Clock

    def __call__(self, turn: Turn) -> None:
        """Read again if that is due."""
        if turn.has_time():
            next_at = self.next_due()
            soon = next_at is not None and next_at < self.clock() + SOON
            self.reading.read_home_if_due()
            self.reading.refresh_if_due(something_is_due=soon)
