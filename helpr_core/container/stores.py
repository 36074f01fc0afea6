"""The database and the state store, and the parts that read and write there."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from helpr_core.container.group import Group
from helpr_core.first_use import importing
from helpr_core.once import kept

if TYPE_CHECKING:
    from datetime import timedelta

    from azure.core.credentials import TokenCredential

    from helpr_core.adapters.azure_identity import AzureIdentity
    from helpr_core.adapters.sql.database import Database
    from helpr_core.adapters.sql.database_clock import DatabaseClock
    from helpr_core.domain.decisions import Decision
    from helpr_core.domain.library_choice import Choice
    from helpr_core.domain.passkeys import Passkeys
    from helpr_core.domain.second_factor import SecondFactor
    from helpr_core.services.decisions import Decided
    from helpr_core.services.documents import Document
    from helpr_core.services.ports import Decisions as DecisionTable
    from helpr_core.services.ports import InviteLog, StateStore
    from helpr_core.services.record_ports import AuditLog, InviteHistory, InviteQueue
    from helpr_core.services.site.settings import Saved
    from helpr_core.services.upkeep.database_due import DatabaseDue

T = TypeVar("T", bound="Decision")


class Stores(Group):
    """Held by the container."""

    @kept
    def database(self) -> Database:
        """The SQL database."""
        with importing:
            from helpr_core.adapters.sql.database import connect

        target = self._container.installation.base().database
        credential = self._credential() if target.managed_identity else None
        return connect(target.url, credential, target.setting)

    def database_clock(self) -> DatabaseClock:
        """The database's clock, which all workers share."""
        with importing:
            from helpr_core.adapters.sql.database_clock import database_now

        return database_now

    def upgrade_database(self) -> None:
        """Bring its schema up to date, however long that takes."""
        self.database().upgrade()

    @kept
    def state(self) -> StateStore:
        """The state store: Azure Tables if configured, otherwise the SQL database."""
        settings = self._container.installation.base()
        if self.has_tables():
            with importing:
                from helpr_core.adapters.state.connect import connect
                from helpr_core.adapters.state.tables import TablesStateStore

            if settings.tables_endpoint:
                service = connect(settings.tables_endpoint, self._credential())
            else:
                connection = settings.tables_connection
                service = connect(connection.get_secret_value() if connection else "")
            return TablesStateStore(service, self._clock)
        with importing:
            from helpr_core.adapters.state.sql import SqlStateStore

        return SqlStateStore(self.database().for_state(), self._clock)

    def has_tables(self) -> bool:
        """Whether the state store is separate from the SQL database."""
        settings = self._container.installation.base()
        return bool(settings.tables_endpoint or settings.tables_connection)

    @kept
    def database_due(self) -> DatabaseDue:
        """When housekeeping opens the database next."""
        with importing:
            from helpr_core.services.upkeep.database_due import DatabaseDue

        return DatabaseDue(self.state(), self._clock, apart=self.has_tables())

    @kept
    def invite_log(self) -> InviteLog:
        """The record of requests, for writing."""
        with importing:
            from helpr_core.adapters.sql.invite_log import SqlInviteLog

        written = SqlInviteLog(self.database())
        if not self.has_tables():
            return written
        with importing:
            from helpr_core.services.upkeep.database_due import AnnouncingLog

        return AnnouncingLog(written, self.database_due())

    @kept
    def invite_history(self) -> InviteHistory:
        """The record of requests, for looking at."""
        with importing:
            from helpr_core.adapters.sql.invite_history import SqlInviteHistory

        return SqlInviteHistory(self.database())

    @kept
    def invite_queue(self) -> InviteQueue:
        """The requests that are waiting."""
        with importing:
            from helpr_core.adapters.sql.invite_queue import SqlInviteQueue

        return SqlInviteQueue(self.database(), self._clock)

    @kept
    def audit_log(self) -> AuditLog:
        """The audit log, for reading and writing."""
        with importing:
            from helpr_core.adapters.sql.audit_log import SqlAuditLog

        return SqlAuditLog(self.database())

    @kept
    def decision_table(self) -> DecisionTable:
        """The owner's decisions, in the database."""
        with importing:
            from helpr_core.adapters.sql.decisions import SqlDecisions

        return SqlDecisions(self.database())

    @kept
    def decided_settings(self) -> Decided[Saved]:
        """The dashboard's settings, in both stores."""
        with importing:
            from helpr_core.services.site.settings import DOCUMENT, FRESH, Saved

        return self._decided(DOCUMENT, Saved(), FRESH)

    @kept
    def decided_libraries(self) -> Decided[Choice]:
        """The choice of libraries, in both stores."""
        with importing:
            from helpr_core.services.plex.stored_choice import DOCUMENT, FRESH, NONE

        return self._decided(DOCUMENT, NONE, FRESH)

    @kept
    def decided_second_factor(self) -> Decided[SecondFactor]:
        """The second factor, in both stores."""
        with importing:
            from helpr_core.domain.second_factor import SecondFactor
            from helpr_core.services.owner.second_factor import DOCUMENT, FRESH

        return self._decided(DOCUMENT, SecondFactor(), FRESH, always_in_table=True)

    @kept
    def decided_passkeys(self) -> Decided[Passkeys]:
        """The owner's passkeys, in both stores."""
        with importing:
            from helpr_core.domain.passkeys import Passkeys
            from helpr_core.services.owner.passkeys import DOCUMENT, FRESH

        return self._decided(DOCUMENT, Passkeys(), FRESH, always_in_table=True)

    def decided_libraries_of(self, server_id: str) -> Decided[Choice]:
        """The choice of libraries of a server that is not the default one; kept by the caller."""
        with importing:
            from helpr_core.services.plex.stored_choice import FRESH, NONE, document_of

        return self._decided(document_of(server_id), NONE, FRESH)

    def _decided(
        self, document: Document[T], empty: T, fresh: timedelta, *, always_in_table: bool = False
    ) -> Decided[T]:
        with importing:
            from helpr_core.services.decisions import Decided

        table, state, clock = self.decision_table, self.state(), self._clock
        return Decided(document, empty, table, state, clock, fresh, always_in_table=always_in_table)

    def settle_decisions(self) -> None:
        """Bring the copies in the state store in line with the decisions and links in the database,
        as at the first start after an upgrade. Raises LogUnavailable and StateUnavailable."""
        self.decided_settings().settle()
        self.decided_libraries().settle()
        self.decided_second_factor().settle()
        self.decided_passkeys().settle()
        for server_id in self._container.people().servers().others():
            self.decided_libraries_of(server_id).settle()
        if self.has_tables():
            self._container.links().settle()

    @kept
    def identity(self) -> AzureIdentity | None:
        """The app's identity on Azure; None if nothing is reached with it."""
        settings = self._container.installation.base()
        if not (settings.tables_endpoint or settings.database.managed_identity):
            return None
        with importing:
            from helpr_core.adapters.azure_identity import STORAGE_SCOPE, AzureIdentity
            from helpr_core.adapters.sql.database import ENTRA_SCOPE

        scopes = {}
        if settings.tables_endpoint:
            scopes["state_store"] = STORAGE_SCOPE
        if settings.database.managed_identity:
            scopes["database"] = ENTRA_SCOPE
        return AzureIdentity(self._credential(), scopes)

    @kept
    def _credential(self) -> TokenCredential:
        with importing:
            from azure.identity import DefaultAzureCredential, ManagedIdentityCredential

        client_id = self._container.installation.base().azure_client_id
        if client_id:
            return ManagedIdentityCredential(client_id=client_id)
        return DefaultAzureCredential()
