"""Carrying out at plex.tv what was promised, and finding out whether it is done.

Safe when two workers run at once and when one dies midway: operations are claimed in the
database, and each attempt starts from what plex.tv lists, not from what was tried before.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from uuid import UUID

from helpr_core.clock import Clock
from helpr_core.domain.people import Listed, Person, ShareState
from helpr_core.domain.people_operations import (
    Kind,
    Operation,
    State,
    Step,
    View,
    next_attempt,
    next_step,
)
from helpr_core.domain.people_reading import Reading
from helpr_core.domain.people_time import until_of
from helpr_core.services.people.ports import OperationLog, PeopleChanges, PeopleLog
from helpr_core.services.people.reading import PeopleReading
from helpr_core.services.people.steps import NotTaken, Seen, TakeStep
from helpr_core.services.plex.breaker import CircuitBreaker
from helpr_core.services.plex.errors import PlexError, PlexTrouble
from helpr_core.texts import Message, Words

log = logging.getLogger(__name__)

_AT_ONCE = 20
"""Operations that one reading verifies."""
NOT_SHOWN = "not_shown"
"""plex.tv accepted it, but its list does not show it yet."""
NOTHING_TO_CHANGE = "nothing_to_change"
LIST_DOUBTFUL = "list_doubtful"


class OperationsRun:
    """Call it with a function that says whether there is time left; it works through what is
    due."""

    def __init__(
        self,
        operations: OperationLog,
        people: PeopleLog,
        reading: PeopleReading,
        changes: PeopleChanges,
        breaker: CircuitBreaker,
        clock: Clock,
    ) -> None:
        self._operations = operations
        self._people = people
        self._reading = reading
        self._take_step = TakeStep(changes, people, clock)
        self._breaker = breaker
        self._clock = clock

    def __call__(self, may_go_on: Callable[[], bool], only: UUID | None = None) -> Counter[str]:
        """How many were done, failed, and postponed; with `only`, just that operation."""
        counts: Counter[str] = Counter()
        had: list[Operation] = []
        while may_go_on() and self._breaker.may_ask():
            batch = _Batch(self._reading)
            first = len(had)
            while len(had) - first < _AT_ONCE and may_go_on():
                operation = self._operations.claim([one.operation_id for one in had], only)
                if operation is None:
                    break
                had.append(operation)
                if not self._work(batch, operation, counts):
                    break
            if len(had) == first:
                break
            self._settle(batch, counts)
            if batch.in_trouble:
                break
        return counts

    def _work(self, batch: _Batch, operation: Operation, counts: Counter[str]) -> bool:
        """One attempt; False when plex.tv is in trouble."""
        try:
            seen = self._see(batch.before(), operation)
            if seen is None:
                self._finish(operation, State.CANCELLED, NOTHING_TO_CHANGE, counts)
                return True
            step = next_step(operation, seen.view)
            if step in (Step.NOTHING, Step.GIVE_UP, Step.WAIT):
                self._conclude(operation, step, batch.last, counts)
                return True
            with self._breaker.guard():
                batch.acted.append(self._take_step(operation, step, seen))
        except PlexError as exc:
            log.warning("operation put off kind=%s reason=%s", operation.kind, exc.code)
            self._put_off(operation, exc, counts)
            batch.in_trouble = isinstance(exc, PlexTrouble) and not isinstance(exc, NotTaken)
            return not batch.in_trouble
        return True

    def _settle(self, batch: _Batch, counts: Counter[str]) -> None:
        """Read back: plex.tv's lists now show what is done.

        What was removed to be sent again is sent at once, and the list is read once more: nobody
        should be without an invitation for longer than necessary.
        """
        acted_on, batch.acted = batch.acted, []
        if not acted_on:
            return
        reading = batch.after()
        for operation in acted_on:
            seen = self._see(reading, operation)
            step = next_step(operation, seen.view) if seen else Step.NOTHING
            if step is Step.INVITE and seen is not None and operation.invited_at is None:
                self._send_again(batch, operation, seen, counts)
            else:
                self._conclude(operation, step, reading, counts)
        self._settle(batch, counts)

    def _send_again(
        self, batch: _Batch, operation: Operation, seen: Seen, counts: Counter[str]
    ) -> None:
        try:
            with self._breaker.guard():
                batch.acted.append(self._take_step(operation, Step.INVITE, seen))
        except PlexError as exc:
            log.warning("operation put off kind=%s reason=%s", operation.kind, exc.code)
            self._put_off(operation, exc, counts)

    def _conclude(
        self, operation: Operation, step: Step, reading: Reading | None, counts: Counter[str]
    ) -> None:
        if step is Step.NOTHING:
            self._keep_days(operation)
            self._finish(operation, State.DONE, None, counts)
        elif step is Step.GIVE_UP:
            self._finish(operation, State.CANCELLED, NOTHING_TO_CHANGE, counts)
        else:
            doubtful = reading is not None and not reading.is_plausible
            code = LIST_DOUBTFUL if doubtful else NOT_SHOWN
            self._again(operation, code, Message(f"operation.{code}"), None, counts)

    def _keep_days(self, operation: Operation) -> None:
        """A resent invitation gets the days of the previous one."""
        if operation.kind is not Kind.RESEND or operation.access_days is None:
            return
        person = self._people.get(operation.person_id)
        share = person.share_on(operation.server_id) if person else None
        if person is None or share is None or share.access_days is not None:
            return
        days = operation.access_days
        until = until_of(days, share.invited_at, share.accepted_at)
        values = {"access_days": days, "access_until": until}
        self._people.change_share(person.person_id, share.server_id, values)

    def _see(self, reading: Reading, operation: Operation) -> Seen | None:
        """The person and the share; None if the person is no longer known."""
        person = self._people.get(operation.person_id)
        if person is None:  # an address that has an account by now belongs to that account
            kept = self._operations.get(operation.operation_id)
            person = self._people.get(kept.person_id) if kept else None
        if person is None:
            return None
        row = _row_of(reading, person, operation.server_id)
        is_current = reading.is_plausible and (
            operation.acted_at is None or operation.acted_at <= reading.began_at
        )
        return Seen(person, View(person.share_on(operation.server_id), row, is_current))

    def _put_off(self, operation: Operation, exc: PlexError, counts: Counter[str]) -> None:
        wait = exc.retry_after_seconds if isinstance(exc, PlexTrouble) else None
        self._again(operation, exc.code, exc.reason, wait, counts)

    def _again(
        self,
        operation: Operation,
        code: str,
        reason: Words | None,
        wait_seconds: int | None,
        counts: Counter[str],
    ) -> None:
        at = next_attempt(operation, self._clock(), wait_seconds)
        if at is None:
            self._finish(operation, State.FAILED, code, counts, reason)
            return
        again = replace(
            operation,
            state=State.QUEUED,
            next_attempt_at=at,
            error_code=code,
            error_message=reason,
        )
        counts["operations_put_off"] += self._operations.record(again)

    def _finish(
        self,
        operation: Operation,
        state: State,
        code: str | None,
        counts: Counter[str],
        reason: Words | None = None,
    ) -> None:
        over = replace(operation, state=state, error_code=code, error_message=reason)
        if not self._operations.record(replace(over, next_attempt_at=None)):
            return  # another worker has meanwhile taken it over as a stale claim
        counts[f"operations_{state}"] += 1
        if state is State.FAILED:
            log.error("operation failed kind=%s code=%s", operation.kind, code)
            self._give_back(operation)

    def _give_back(self, operation: Operation) -> None:
        """A share that could not be removed goes back to what plex.tv says about it."""
        person = self._people.get(operation.person_id)
        share = person.share_on(operation.server_id) if person else None
        if person and share and share.state is ShareState.REMOVING:
            values = {"state": ShareState.UNKNOWN, "removed_at": None, "gone_reason": ""}
            self._people.change_share(person.person_id, share.server_id, values)


class _Batch:
    """Operations of one run that share their readings: one before, one after."""

    def __init__(self, reading: PeopleReading) -> None:
        self._read = reading.refresh
        self.last: Reading | None = None
        self.acted: list[Operation] = []
        self.in_trouble = False

    def before(self) -> Reading:
        """The reading used to choose the steps."""
        if self.last is None:
            self.last = self._read()
        return self.last

    def after(self) -> Reading:
        """The reading that shows their results."""
        self.last = self._read()
        return self.last


def _row_of(reading: Reading, person: Person, server_id: str) -> Listed | None:
    """The row of that person and server; the account's rows come before the address's."""
    rows = [row for row in reading.lists.rows if row.server_id == server_id]
    by_account = (row for row in rows if row.account_id and row.account_id == person.account_id)
    key = person.address_key
    by_address = (row for row in rows if key and row.address_key == key)
    return next(by_account, None) or next(by_address, None)
