"""The work of every few minutes: a list of steps, each with its own time and failures.

Safe when two run at once and when one dies midway: rows are claimed in the database, by one
worker each, and a worker that dies leaves its row `pending`, to be looked into later.
"""

from __future__ import annotations

import logging
import time
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime

from helpr_core.clock import Clock
from helpr_core.errors import HelprError, SchemaBehind, StateUnavailable
from helpr_core.once import Once
from helpr_core.patience import within
from helpr_core.services.ports import Entry
from helpr_core.services.upkeep.database_due import DatabaseDue, Look
from helpr_core.services.upkeep.explain import explain
from helpr_core.services.upkeep.runs import Failure, Report, Runs
from helpr_core.services.upkeep.steps.inbox import DRAINED
from helpr_core.services.upkeep.turn import Step, Turn
from helpr_core.texts import Message, in_english

log = logging.getLogger(__name__)

TO_FINISH_SECONDS = 30.0
"""How long a step that has run out of time may still wait for plex.tv."""
UNEXPECTED = "unexpected"
_LOOK_AT_LOG = (Message("check.unexpected"), Message("check.unexpected_fix"))


class Housekeeping:
    """Call it; each step does what it can, whatever happens to the others.

    `upgrade` upgrades a database that was too large to upgrade while a friend waited; `next_due`
    returns when the next row is due.
    """

    def __init__(
        self,
        steps: Sequence[Step],
        runs: Runs,
        due: DatabaseDue,
        clock: Clock,
        *,
        upgrade: Callable[[], None],
        next_due: Callable[[], datetime | None],
        seconds: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._steps = [(step, Once(step.build)) for step in steps]
        self._runs = runs
        self._due = due
        self._clock = clock
        self._upgrade = upgrade
        self._next_due = next_due
        self._seconds = seconds
        self._sleep = sleep

    def __call__(self) -> Report | None:
        """One run; None if another is under way or has just ended."""
        lease: Entry | None = None
        try:
            lease = self._runs.begin()
            if lease is None:
                return None
        except StateUnavailable as exc:
            log.warning("housekeeping without a lease reason=%s", exc)
        return self.run(lease, self._due.look())

    def run(self, lease: Entry | None = None, look: Look | None = None) -> Report:
        """One run, even alongside another; without a `look`, all steps."""
        started_at = self._clock()
        counts: Counter[str] = Counter()
        failures: dict[str, Failure] = {}
        next_at: datetime | None = None
        is_due = look is None or look.is_due
        for step, work in self._steps:
            if step.opens_database and not is_due:
                continue
            turn = Turn(self._seconds() + step.seconds, self._seconds, self._sleep)
            failure = self._take(step, work, turn)
            if failure is not None:
                failures[step.name] = failure
            counts.update(turn.counts)
            next_at = next_at or turn.next_at
            # If the inbox had something for the database, that is open anyway.
            is_due = is_due or bool(turn.counts[DRAINED])
        if look is not None and is_due and not failures:
            self._settle(look)
        report = Report(started_at, self._clock(), dict(counts), failures, next_at)
        return self._runs.finish(report, lease)

    def _take(self, step: Step, work: Once[Callable[[Turn], None]], turn: Turn) -> Failure | None:
        """Run the step; returns what went wrong, if anything."""
        try:
            with within(step.seconds + TO_FINISH_SECONDS):
                self._do(work, turn)
        except HelprError as exc:
            code, told = exc.code, explain(exc)
            log.warning("step failed step=%s reason=%s: %s", step.name, code, in_english(told[0]))
        except Exception:  # a mistake in one step must not cost the others their turn
            code, told = UNEXPECTED, _LOOK_AT_LOG
            log.exception("step failed step=%s", step.name)
        else:
            return None
        return Failure(code, self._clock(), *told)

    def _do(self, work: Once[Callable[[Turn], None]], turn: Turn) -> None:
        try:
            work.get()(turn)
        except SchemaBehind:
            # It would have kept a friend waiting. Here nobody waits, and what was kept
            # meanwhile is drained afterwards.
            self._upgrade()
            work.get()(turn)

    def _settle(self, look: Look) -> None:
        try:
            next_due = self._next_due()
        except HelprError as exc:
            log.warning("next look not known reason=%s", exc.code)
            return
        self._due.settle(look, next_due)
