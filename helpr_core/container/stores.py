"""Settings, database and state store: what everything else stands on."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from helpr_core import logs
from helpr_core.clock import Clock, utc_now
from helpr_core.once import Once, kept

if TYPE_CHECKING:
    from azure.core.credentials import TokenCredential

    from helpr_core.adapters.sql.database import Database
    from helpr_core.services.ports import (
        AuditLog,
        InviteHistory,
        InviteLog,
        InviteQueue,
        StateStore,
    )
    from helpr_core.settings import Settings


class Stores:
    """The first layer of the container."""

    def __init__(self, environ: Mapping[str, str], clock: Clock = utc_now) -> None:
        self._environ = environ
        self._clock = clock
        self.parts: dict[str, Once[Any]] = {}

    @kept
    def settings(self) -> Settings:
        """Every setting, checked."""
        from helpr_core.settings import read_settings

        settings = read_settings(self._environ)
        logs.hide(*settings.secrets())
        return settings

    @kept
    def database(self) -> Database:
        """The SQL database."""
        from helpr_core.adapters.sql.database import connect

        target = self.settings().database
        return connect(target.url, self._credential() if target.managed_identity else None)

    @kept
    def state(self) -> StateStore:
        """The state store: Azure Tables where they are set, else the SQL database."""
        settings = self.settings()
        if settings.tables_endpoint or settings.tables_connection:
            from helpr_core.adapters.state.connect import connect
            from helpr_core.adapters.state.tables import TablesStateStore

            if settings.tables_endpoint:
                service = connect(settings.tables_endpoint, self._credential())
            else:
                connection = settings.tables_connection
                service = connect(connection.get_secret_value() if connection else "")
            return TablesStateStore(service, self._clock)
        from helpr_core.adapters.state.sql import SqlStateStore

        return SqlStateStore(self.database(), self._clock)

    @kept
    def invite_log(self) -> InviteLog:
        """The record of requests, written."""
        from helpr_core.adapters.sql.invite_log import SqlInviteLog

        return SqlInviteLog(self.database())

    @kept
    def invite_history(self) -> InviteHistory:
        """The record of requests, looked at."""
        from helpr_core.adapters.sql.invite_history import SqlInviteHistory

        return SqlInviteHistory(self.database())

    @kept
    def invite_queue(self) -> InviteQueue:
        """The requests that wait."""
        from helpr_core.adapters.sql.invite_queue import SqlInviteQueue

        return SqlInviteQueue(self.database())

    @kept
    def audit_log(self) -> AuditLog:
        """What the owner did, read and written."""
        from helpr_core.adapters.sql.audit_log import SqlAuditLog

        return SqlAuditLog(self.database())

    def keyed_hash(self, purpose: str, text: str) -> str:
        """64 hexadecimal digits that only this installation can compute."""
        key = self.settings().secret_key.get_secret_value().encode()
        return hmac.new(key, f"{purpose}:{text}".encode(), hashlib.sha256).hexdigest()

    @kept
    def _credential(self) -> TokenCredential:
        from azure.identity import DefaultAzureCredential, ManagedIdentityCredential

        client_id = self.settings().azure_client_id
        if client_id:
            return ManagedIdentityCredential(client_id=client_id)
        return DefaultAzureCredential()
