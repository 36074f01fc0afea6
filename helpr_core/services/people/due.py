"""What is due for people: access that has ended, and invitations nobody accepted."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from functools import partial

from helpr_core.errors import InvalidInput, NotFound, NotPossible
from helpr_core.services.people.orders import ENDED, PeopleOrders
from helpr_core.services.people.ports import PeopleFilter, PeopleLog

log = logging.getLogger(__name__)

_AT_ONCE = 200
_DRIFTING = PeopleFilter(drift=True)


class PeopleDue:
    """Call it: it orders the end of whatever is past its date, by a second or a year.

    It goes by the database's clock, even if earlier runs missed the day. `stale_days` is how long
    an invitation may wait, 0 for forever; `soon_days` are the days before an end on which the owner
    is notified; `put_right` are the kinds of drift that are repaired without asking.
    """

    def __init__(
        self,
        people: PeopleLog,
        orders: PeopleOrders,
        stale_days: Callable[[], int],
        soon_days: Callable[[], Sequence[int]] = lambda: (),
        put_right: Callable[[], Collection[str]] = frozenset,
    ) -> None:
        self._people = people
        self._orders = orders
        self._stale_days = stale_days
        self._soon_days = soon_days
        self._put_right = put_right

    def __call__(self) -> Counter[str]:
        """The number of orders, by kind."""
        counts: Counter[str] = Counter()
        for person_id, server_id in self._people.over(_AT_ONCE):
            order = partial(self._orders.remove, person_id, server_id, ENDED)
            counts["access_ended"] += _ordered(order)
        days = self._stale_days()
        for person_id, server_id in self._people.stale(days, _AT_ONCE) if days else ():
            order = partial(self._orders.cancel_stale, person_id, server_id)
            counts["stale_cancelled"] += _ordered(order)
        for person in self._people.restrictions_due(_AT_ONCE):
            order = partial(self._orders.set_restrictions, person.person_id, person.promised)
            counts["restrictions_ordered"] += _ordered(order)
        counts["ends_soon"] += self._people.tell_ends_soon(self._soon_days(), _AT_ONCE)
        for repair in self._repairs(self._put_right()):
            counts["put_right"] += _ordered(repair)
        return +counts

    def _repairs(self, kinds: Collection[str]) -> Iterator[Callable[[], object]]:
        """One order for each share with drift that is to be put right."""
        found = self._people.page(_DRIFTING, _AT_ONCE).rows if kinds else ()
        for person in found:
            for share in person.shares:
                kind = next((d.kind for d in share.drift if d.kind in kinds and not d.ignored), "")
                if kind:
                    yield partial(
                        self._orders.settle_drift,
                        person.person_id,
                        share.server_id,
                        kind,
                        "put_right",
                    )


def _ordered(order: Callable[[], object]) -> bool:
    try:
        order()
    # Changed since, or a library that Plex no longer has: the next run looks again.
    except (NotFound, NotPossible, InvalidInput) as exc:
        log.info("what was due is passed over reason=%s", exc.code)
        return False
    return True
