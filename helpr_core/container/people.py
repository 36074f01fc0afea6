"""People: the parts that read who has access and carry out what was promised."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeVar

from helpr_core.adapters.plex.people import PlexPeople, Ways
from helpr_core.adapters.plex.people_changes import PlexChanges
from helpr_core.adapters.sql.erasing import SqlErasing
from helpr_core.adapters.sql.people import SqlPeople
from helpr_core.adapters.sql.people_operations import SqlOperations
from helpr_core.adapters.sql.people_summary import SqlPeopleSummary
from helpr_core.errors import StateUnavailable
from helpr_core.kept import Kept
from helpr_core.once import Once, kept
from helpr_core.services.people import presets, servers
from helpr_core.services.people.due import PeopleDue
from helpr_core.services.people.kept_decisions import TableDecision
from helpr_core.services.people.orders import PeopleOrders
from helpr_core.services.people.presets import PresetList, Presets
from helpr_core.services.people.privacy import Privacy
from helpr_core.services.people.reading import PeopleReading
from helpr_core.services.people.restricting import FRESH, PlexPassNeeded, lacking
from helpr_core.services.people.servers import ManagedServers, ServerChoice
from helpr_core.services.people.tried import UnqueuedOperations, UnwrittenPeople
from helpr_core.services.people.working import OperationsRun
from helpr_core.services.plex.errors import PlexError

if TYPE_CHECKING:
    from helpr_core.container import Container

T = TypeVar("T")


class PeopleParts:
    """Held by the container; imported with the first use of any of it."""

    def __init__(self, container: Container) -> None:
        self.parts: dict[str, Once[Any]] = {}
        self._container = container

    @kept
    def log(self) -> SqlPeople:
        """People and shares as they are known."""
        parts = self._container
        return SqlPeople(parts.stores.database(), parts.stores.database_clock())

    @kept
    def summary(self) -> SqlPeopleSummary:
        """The overview's summary of people."""
        return SqlPeopleSummary(
            self._container.stores.database(), self._container.stores.database_clock()
        )

    @kept
    def operations(self) -> SqlOperations:
        """Promised operations."""
        parts = self._container
        return SqlOperations(parts.stores.database(), parts.stores.database_clock())

    @kept
    def reading(self) -> PeopleReading:
        """Reading plex.tv's lists."""
        parts = self._container
        return PeopleReading(
            PlexPeople(self._container.plex.owners_account(), self._ways),
            self.log(),
            self.managed,
            parts.plex.breaker(),
            parts.stores.state(),
            parts.installation.utc_now,
        )

    def _ways(self) -> Ways:
        """Which of plex.tv's lists the owner allows Helpr to read."""
        try:
            chosen = self._container.site.settings().current()
        except StateUnavailable:
            return Ways()
        return Ways(
            chosen.read_account_lists, chosen.read_invitation_list, chosen.read_server_lists
        )

    @kept
    def orders(self) -> PeopleOrders:
        """The owner's orders."""
        parts = self._container
        return PeopleOrders(
            self.log(),
            self.operations(),
            parts.installation.utc_now,
            announce=parts.stores.database_due().expect,
            require_libraries=self._require_libraries,
        )

    @kept
    def tried_orders(self) -> PeopleOrders:
        """A dry run of the same: nothing is stored, and what would be refused is."""
        return PeopleOrders(
            UnwrittenPeople(self.log()),
            UnqueuedOperations(),
            self._container.installation.utc_now,
            require_libraries=self._require_libraries,
        )

    def _require_libraries(self, ids: Sequence[int], server_id: str) -> None:
        """Raise InvalidInput for a library that this server lacks; an order is not refused
        because plex.tv cannot be asked."""
        with suppress(PlexError):
            self._container.plex.libraries_of(server_id).named(ids)

    @kept
    def run(self) -> OperationsRun:
        """Carrying out what is due."""
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
        """Changes at plex.tv."""
        return PlexChanges(self._container.plex.owners_account())

    def allowed(self, fields: Mapping[str, Any]) -> None:
        """Raises PlexPassNeeded for restrictions that the owner's subscription lacks."""
        if lacking(fields, self.features()) and lacking(fields, self._features().renew()):
            raise PlexPassNeeded

    def features(self) -> Collection[str]:
        """The features of the owner's subscription. Raises PlexError's leaves if unknown."""
        return self._features().get()

    @kept
    def _features(self) -> Kept[Collection[str]]:
        parts = self._container
        now = parts.installation.utc_now
        return Kept("features", self._ask_features, FRESH, now, (PlexError,))

    def _ask_features(self) -> Collection[str]:
        with self._container.plex.breaker().guard(for_owner=True):
            return self.changes().read_features()

    @kept
    def presets(self) -> Presets:
        """Named presets of restrictions."""
        return Presets(self._decision(presets.NAME, PresetList()))

    @kept
    def servers(self) -> ManagedServers:
        """Which servers Helpr manages."""
        parts = self._container
        return ManagedServers(
            self._decision(servers.NAME, ServerChoice()),
            lambda: parts.plex.catalog().server().machine_identifier,
            lambda: parts.plex.media().find_server().owned,
            parts.installation.utc_now,
        )

    def _decision(self, name: str, none: T) -> TableDecision[T]:
        parts = self._container
        return TableDecision(name, none, parts.stores.decision_table, parts.installation.utc_now)

    @kept
    def due(self) -> PeopleDue:
        """Access past its end."""
        settings = self._container.site.settings()
        return PeopleDue(
            self.log(),
            self.orders(),
            lambda: settings.current().stale_days,
            lambda: settings.current().soon_days,
            lambda: settings.current().put_right,
        )

    @kept
    def erasing(self) -> SqlErasing:
        """Erasing people and requests from the database."""
        return SqlErasing(self._container.stores.database())

    @kept
    def privacy(self) -> Privacy:
        """Erasing and exporting a person everywhere."""
        return Privacy(self.erasing(), self._container.requests.inbox().forget)

    def managed(self) -> Sequence[str]:
        """The machine identifiers of the servers that Helpr manages."""
        return self.servers().managed()

    def next_due(self) -> datetime | None:
        """When something about people is next due."""
        moments = (self.operations().next_due(), self.log().next_end())
        return min((one for one in moments if one), default=None)
