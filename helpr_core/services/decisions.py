"""The owner's decisions: in the database, with a copy in the state store.

Workers read the copy, so that friends' requests do not need the database for it and work continues
while the database is down. The table decides which of two simultaneous saves wins, and which value
counts if table and copy differ.

The previous version knows only the copy, and writes it while both run. So the copy has the shape
that it reads, plus one key, `recorded`: a copy without it was written by that version and is newer
than the table. The next reader takes it over, including at the first start. A table without a row
therefore proves nothing while the copy cannot be read. A reader that finds neither records, as
version 0, that nothing was decided: from then on the table is enough.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Generic, TypeVar

from helpr_core import shapes
from helpr_core.clock import Clock
from helpr_core.domain.decisions import Decision
from helpr_core.errors import EntryChanged, LogUnavailable, StateUnavailable
from helpr_core.kept import Kept
from helpr_core.services.documents import Document, Found
from helpr_core.services.ports import Decisions, StateStore
from helpr_core.texts import Message

log = logging.getLogger(__name__)

D = TypeVar("D", bound=Decision)

_TRIES = 5


class Decided(Generic[D]):
    """One decision. `document` is its copy in the state store, whose key is also its name in the
    table; `none` is what applies before the owner has decided anything.

    `table` is called at each use, because the database may be down when a worker starts.
    `always_in_table`: no version has kept the decision in the state store alone, so that without
    a row nothing has been decided.
    """

    def __init__(
        self,
        document: Document[D],
        none: D,
        table: Callable[[], Decisions],
        state: StateStore,
        clock: Clock,
        period: timedelta,
        *,
        always_in_table: bool = False,
    ) -> None:
        self._document = document
        self._none = replace(none, recorded=True)
        self._table = table
        self._state = state
        self._clock = clock
        self._always_in_table = always_in_table
        self._kept = Kept(document.key, self._read, period, clock, (StateUnavailable,))

    def current(self) -> D:
        """The current value, at most `period` old while the stores answer.

        StateUnavailable if neither store has it, and neither ever had.
        """
        return self._kept.get()

    def shown(self) -> D:
        """The value for a page: the same, or `none` if there is no copy while the database is down,
        as at a site's very first start.

        Nothing may be sent because of it: the copy may have been lost. StateUnavailable if the
        state store does not answer either.
        """
        try:
            return self.current()
        except StateUnavailable:
            if self._document.find(self._state).entry is not None:
                raise
            return self._none

    def newest(self) -> D:
        """The current value from the table, or from the copy while the table is down."""
        try:
            return self.recorded()
        except LogUnavailable as exc:
            log.warning("decision read from its copy name=%s reason=%s", self._document.key, exc)
            return self._kept.renew()

    def recorded(self) -> D:
        """The table's value, with its copy updated if possible.

        Raises LogUnavailable while the database is down, and StateUnavailable if only the copy
        would have the value and the state store is down.
        """
        decided = self._kept.put(self._agreed(self._find_copy()))
        self._write_copy(decided)
        return decided

    def save(self, decided: D, after: Decision, by: str | None) -> D:
        """Replace `after` with it; EntryChanged if somebody else has replaced that meanwhile.

        `by` is None for what Helpr found out itself. Raises LogUnavailable. If only the copy cannot
        be written, the decision is still saved, and `settle` reports it.
        """
        saved = self._record(decided, after.version + 1, after.version, by)
        if saved is None:
            raise EntryChanged
        self._kept.put(saved)
        self._write_copy(saved)
        return saved

    def remember(self, decided: D, after: Decision) -> None:
        """Use this until the next read, when it cannot be saved."""
        self._kept.put(replace(decided, version=after.version))

    def settle(self) -> None:
        """Bring table and copy in line. Raises LogUnavailable and StateUnavailable."""
        found = self._document.find(self._state)
        self._swap_copy(self._agreed(found), found)

    def _read(self) -> D:
        found, last = self._find_copy(), self._kept.last
        copy = found.value if found else None
        is_old = copy is not None and last is not None and copy.version < last.version
        if copy is not None and copy.recorded and not is_old:
            return copy
        try:
            decided = self._agreed(found)
        except LogUnavailable as exc:
            if copy is not None:
                return copy
            name = self._document.key
            told = Message("state.no_copy", name=name, because=exc.words)
            raise StateUnavailable(told, exc.retry_after_seconds, fix=exc.fix) from exc
        self._write_copy(decided)
        return decided

    def _find_copy(self) -> Found[D] | None:
        """The stored copy; None while the state store is down."""
        try:
            return self._document.find(self._state)
        except StateUnavailable as exc:
            log.warning("copy not read name=%s reason=%s", self._document.key, exc)
            return None

    def _agreed(self, found: Found[D] | None) -> D:
        """The value that counts, of table and copy, recorded in the table.

        Raises LogUnavailable, and StateUnavailable if that is unclear: the previous version may
        have left a copy that nobody has taken over yet.
        """
        name, row = self._document.key, self._row()
        if found is None and row is None and not self._always_in_table:
            raise StateUnavailable(Message("state.not_recorded", name=name))
        copy, known = found.value if found else None, row or self._none
        if not (copy is None or (copy.recorded and copy.version <= known.version) or copy == known):
            # Written by the previous version, or the database has been replaced.
            log.info("decision taken over from its copy name=%s", name)
            decided, version = copy, max(copy.version, known.version + 1)
        elif row is None:
            decided, version = known, known.version
        else:
            return row
        return self._record(decided, version, known.version, None) or self._row() or self._none

    def _row(self) -> D | None:
        row = self._table().get(self._document.key)
        if row is None:
            return None
        decided = self._document.read(row.value)
        if decided is None:
            raise LogUnavailable(Message("database.newer_decision"))
        return replace(decided, version=row.version, recorded=True)

    def _record(self, decided: D, version: int, after: int, by: str | None) -> D | None:
        """The decision as the table now has it; None if another writer came first."""
        name, row = self._document.key, self._table().get(self._document.key)
        decided = replace(decided, version=version, recorded=True)
        value = shapes.write(decided, row.value if row else None)
        put = self._table().put(name, value, version, after, self._clock(), by)
        return decided if put else None

    def _write_copy(self, decided: D) -> None:
        try:
            self._swap_copy(decided)
        except StateUnavailable as exc:
            log.warning("copy not written name=%s reason=%s", self._document.key, exc)

    def _swap_copy(self, decided: D, found: Found[D] | None = None) -> None:
        """Write it, unless the copy is newer; a later read takes care of that."""
        for _ in range(_TRIES):
            found = found or self._document.find(self._state)
            there = found.value
            if there is not None and there.recorded and there.version >= decided.version:
                return
            if there is not None and not there.recorded and there != decided:
                return
            try:
                self._document.swap(self._state, found, decided)
            except EntryChanged:
                found = None
                continue
            return
        raise StateUnavailable(Message("state.copy_contended"))
