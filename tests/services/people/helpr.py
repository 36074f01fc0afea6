"""One worker's services about people, on a clock that the test moves."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Self
from uuid import UUID, uuid4

import sqlalchemy as sa

from demo_plex import LIBRARIES, DemoPlex
from demo_plex.shares import OTHER_MACHINE_IDENTIFIER
from helpr_core.adapters.plex.account import Account
from helpr_core.adapters.plex.owners_account import OwnersAccount
from helpr_core.adapters.plex.people import PlexPeople
from helpr_core.adapters.plex.people_changes import PlexChanges
from helpr_core.adapters.sql.audit_log import SqlAuditLog
from helpr_core.adapters.sql.database import connect
from helpr_core.adapters.sql.invite_log import SqlInviteLog
from helpr_core.adapters.sql.models import events
from helpr_core.adapters.sql.people import SqlPeople
from helpr_core.adapters.sql.people_operations import SqlOperations
from helpr_core.domain.audit import FRIEND
from helpr_core.domain.identity_key import identity_key
from helpr_core.domain.people import Person, Share
from helpr_core.domain.people_operations import Operation
from helpr_core.domain.people_reading import Reading
from helpr_core.domain.requests import InviteRequest, NewRequest, Outcome, Source, Status
from helpr_core.domain.restrictions import of_terms
from helpr_core.domain.terms import Terms
from helpr_core.services.people.due import PeopleDue
from helpr_core.services.people.orders import PeopleOrders
from helpr_core.services.people.ports import PeopleFilter
from helpr_core.services.people.reading import PeopleReading
from helpr_core.services.people.working import OperationsRun
from helpr_core.services.plex.breaker import CircuitBreaker
from tests.services.dict_state import DictState
from tests.services.worker import SetClock

MOVIES, SHOWS, MUSIC, KIDS = (library.id for library in LIBRARIES)
ALL_PEOPLE = PeopleFilter()


class Helpr:
    """Several on one database are several workers."""

    def __init__(self, plex: DemoPlex, url: str, clock: SetClock | None = None) -> None:
        self.plex = plex
        self.clock = clock or SetClock()
        self.stale_days = 30
        self._database = connect(url)
        kept = Account(plex.token, plex.url, "not-a-real-identifier")
        self._account = kept
        account = OwnersAccount(lambda: kept)
        state = DictState(self.clock)
        self.people = SqlPeople(self._database, lambda _: self.clock())
        self.operations = SqlOperations(self._database, lambda _: self.clock())
        breaker = CircuitBreaker(state, self.clock)
        self.servers = [plex.machine_identifier, OTHER_MACHINE_IDENTIFIER]
        self.reading = PeopleReading(
            PlexPeople(account), self.people, lambda: self.servers, breaker, state, self.clock
        )
        changes = self.changes = PlexChanges(account)
        self.orders = PeopleOrders(self.people, self.operations, self.clock)
        self.run = OperationsRun(
            self.operations, self.people, self.reading, changes, breaker, self.clock
        )
        self.soon_days: tuple[int, ...] = (1, 7)
        self.put_right: frozenset[str] = frozenset()
        self.due = PeopleDue(
            self.people,
            self.orders,
            lambda: self.stale_days,
            lambda: self.soon_days,
            lambda: self.put_right,
        )
        self.requests = SqlInviteLog(self._database)
        self.audit = SqlAuditLog(self._database)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self._account.close()
        self._database.dispose()

    def settle(self, *people: str, library_ids: Iterable[int] = (MOVIES,)) -> None:
        """Make these people known, with access."""
        for who in people:
            self.plex.share(who, list(library_ids))
            self.plex.accept(who)
        self.read()

    def accept(self, who: str) -> None:
        """The friend accepts now; from here on the demo uses the helpr's time."""
        self.plex.stage.plex.world._moment = int(self.clock().timestamp())
        self.plex.accept(who)

    def ask(self, who: str, terms: Terms) -> InviteRequest:
        """A request on these terms."""
        libraries = terms.libraries or ()
        asked = NewRequest(
            *(uuid4(), who, identity_key(who), self.clock(), Source.LINK),
            *(self.plex.server_name, libraries, ""),
            terms=terms,
        )
        return self.requests.open(asked, FRIEND, afresh=True).row

    def send(self, row: InviteRequest) -> None:
        """Send its invitation, and record nothing yet."""
        ids = [one.id for one in row.terms.libraries or ()] or [MOVIES]
        asked = of_terms(row.terms.restrictions)
        self.changes.invite(self.plex.machine_identifier, row.email_or_username, ids, asked)

    def invite(self, who: str, terms: Terms, *, accept: bool = False) -> UUID:
        """A request on these terms whose invite is sent now."""
        row = self.ask(who, terms)
        self.send(row)
        if accept:
            self.accept(who)
        self.requests.record(row, Outcome(Status.SUCCESS, self.clock(), 0), FRIEND)
        return row.request_id

    def happened(self) -> list[tuple[str, str, str | None]]:
        """Events about people, oldest first: kind, whose, and code."""
        with self._database.single() as connection:
            rows = connection.execute(
                sa.select(events).where(events.c.request_id.is_(None)).order_by(events.c.id)
            ).all()
        return [(row.kind, row.data.get("name", ""), row.code) for row in rows]

    def read(self, *, minutes: int = 3) -> Reading:
        """Read the lists, some minutes later."""
        self.clock.forward(minutes=minutes)
        return self.reading.refresh()

    def work(self, *, minutes: int = 0) -> Counter[str]:
        """Run the operations once, some minutes later."""
        self.clock.forward(minutes=minutes)
        return self.run(lambda: True)

    def everybody(self) -> dict[str, Person]:
        """Everybody by username, or by address if they have none."""
        page = self.people.page(ALL_PEOPLE, 1000)
        return {one.username or one.email: one for one in page.rows}

    def person(self, who: str) -> Person:
        return self.everybody()[who]

    def id_of(self, who: str) -> UUID:
        return self.person(who).person_id

    def share(self, who: str, server_id: str = "") -> Share:
        share = self.person(who).share_on(server_id or self.plex.machine_identifier)
        assert share is not None
        return share

    def states(self) -> dict[str, str]:
        """The state of each share of the first server."""
        return {who: str(self.share(who).state) for who in self.everybody()}

    def operation(self) -> Operation:
        """The newest operation."""
        return self.operations.page(1).rows[0]
