"""People: the parts that read who has access, and do what was promised."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from helpr_core.adapters.plex.people import PlexPeople, Ways
from helpr_core.adapters.plex.people_changes import PlexChanges
from helpr_core.adapters.sql.people import SqlPeople
from helpr_core.adapters.sql.people_glance import SqlPeopleGlance
from helpr_core.adapters.sql.people_operations import SqlOperations
from helpr_core.errors import StateUnavailable
from helpr_core.once import Once, kept
from helpr_core.services.people.due import PeopleDue
from helpr_core.services.people.orders import PeopleOrders
from helpr_core.services.people.reading import PeopleReading
from helpr_core.services.people.restricting import PlexPassNeeded, lacking
from helpr_core.services.people.tried import UnqueuedOperations, UnwrittenPeople
from helpr_core.services.people.working import OperationsRun

if TYPE_CHECKING:
    from helpr_core.container import Container


class PeopleParts:
    """Held by the container; imported with the first use of any of it."""

    def __init__(self, container: Container) -> None:
        self.parts: dict[str, Once[Any]] = {}
        self._container = container
        self._account = Once(container.plex.account)

    @kept
    def log(self) -> SqlPeople:
        """People and shares as they are known."""
        parts = self._container
        return SqlPeople(parts.stores.database(), parts.stores.database_clock())

    @kept
    def glance(self) -> SqlPeopleGlance:
        """What the overview says about people."""
        return SqlPeopleGlance(
            self._container.stores.database(), self._container.stores.database_clock()
        )

    @kept
    def operations(self) -> SqlOperations:
        """What is promised."""
        parts = self._container
        return SqlOperations(parts.stores.database(), parts.stores.database_clock())

    @kept
    def reading(self) -> PeopleReading:
        """Reading plex.tv's lists."""
        parts = self._container
        return PeopleReading(
            PlexPeople(self._account, self._ways),
            self.log(),
            self.managed,
            parts.plex.breaker(),
            parts.stores.state(),
            parts.installation.utc_now,
        )

    def _ways(self) -> Ways:
        """Which of plex.tv's lists the owner lets Helpr read."""
        try:
            chosen = self._container.site.settings().current()
        except StateUnavailable:
            return Ways()
        return Ways(
            chosen.read_account_lists, chosen.read_invitation_list, chosen.read_server_lists
        )

    @kept
    def orders(self) -> PeopleOrders:
        """What the owner wants done."""
        parts = self._container
        announce = parts.stores.database_due().expect
        return PeopleOrders(self.log(), self.operations(), parts.installation.utc_now, announce)

    @kept
    def tried_orders(self) -> PeopleOrders:
        """The same, of which nothing is kept: what would be refused is."""
        people, operations = UnwrittenPeople(self.log()), UnqueuedOperations()
        return PeopleOrders(people, operations, self._container.installation.utc_now)

    @kept
    def run(self) -> OperationsRun:
        """Working off what is due."""
        parts = self._container
        return OperationsRun(
            self.operations(),
            self.log(),
            self.reading(),
            self.changes(),
            parts.plex.breaker(),
            parts.installation.utc_now,
        )

    @kept
    def changes(self) -> PlexChanges:
        """What may be changed at plex.tv."""
        return PlexChanges(self._account)

    def allowed(self, fields: Mapping[str, Any]) -> None:
        """PlexPassNeeded for restrictions that the owner's subscription does not have."""
        with self._container.plex.breaker().guard(for_owner=True):
            features = self.changes().read_features()
        if lacking(fields, features):
            raise PlexPassNeeded

    @kept
    def due(self) -> PeopleDue:
        """What is past its end."""
        settings = self._container.site.settings()
        return PeopleDue(
            self.log(),
            self.orders(),
            lambda: settings.current().stale_days,
            lambda: settings.current().soon_days,
            lambda: settings.current().put_right,
        )

    def managed(self) -> Sequence[str]:
        """The machine identifiers of the servers that Helpr looks after."""
        return (self._container.plex.catalog().server().machine_identifier,)

    def next_due(self) -> datetime | None:
        """When something about people wants to be looked at."""
        moments = (self.operations().next_due(), self.log().next_end())
        return min((one for one in moments if one), default=None)

    def close(self) -> None:
        """Close the sockets to plex.tv."""
        account = self._account.peek()
        if account is not None:
            account.close()
