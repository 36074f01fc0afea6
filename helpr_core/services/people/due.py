"""What is due about people: ends that are past, and invitations that nobody accepted."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable
from uuid import UUID

from helpr_core.errors import NotFound, NotPossible
from helpr_core.services.people.orders import ENDED, PeopleOrders
from helpr_core.services.people.ports import PeopleLog

log = logging.getLogger(__name__)

_AT_ONCE = 200


class PeopleDue:
    """Call it: whatever is past by a second or a year is ordered to end.

    By the database's clock, and whether or not an earlier run has seen the day. `note` writes
    the action and the person into the audit log.
    """

    def __init__(
        self,
        people: PeopleLog,
        orders: PeopleOrders,
        stale_days: Callable[[], int],
        note: Callable[[str, UUID], None] = lambda _action, _person_id: None,
    ) -> None:
        self._people = people
        self._orders = orders
        self._stale_days = stale_days
        self._note = note

    def __call__(self) -> Counter[str]:
        """How many were ordered, of each kind."""
        counts: Counter[str] = Counter()
        for person_id, server_id in self._people.over(_AT_ONCE):
            try:
                self._orders.remove(person_id, server_id, ENDED)
            except (NotFound, NotPossible) as exc:  # changed since: the next run looks again
                log.info("end passed over reason=%s", exc.code)
                continue
            counts["access_ended"] += 1
            self._note("access_ended", person_id)
        days = self._stale_days()
        for person_id, server_id in self._people.stale(days, _AT_ONCE) if days else ():
            try:
                self._orders.cancel_stale(person_id, server_id)
            except (NotFound, NotPossible) as exc:
                log.info("stale invitation passed over reason=%s", exc.code)
                continue
            counts["stale_cancelled"] += 1
            self._note("stale_cancelled", person_id)
        return counts
