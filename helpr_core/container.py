"""Puts the parts together, once per warm worker: the only importer of adapters.

Everything is imported and built at its first use, since a cold start pays for each import.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import uuid
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from helpr_core.clock import Clock, utc_now
from helpr_core.once import Once

if TYPE_CHECKING:
    from azure.core.credentials import TokenCredential

    from helpr_core.adapters.sql.database import Database
    from helpr_core.services.connection_check import ConnectionCheck
    from helpr_core.services.invite_code import InviteCode
    from helpr_core.services.libraries import SharedLibraries
    from helpr_core.services.ports import InviteLog, MediaServer, StateStore
    from helpr_core.services.rate_limit import RateLimiter
    from helpr_core.services.send_invite import SendInvite
    from helpr_core.services.server_catalog import ServerCatalog
    from helpr_core.services.site import Site
    from helpr_core.settings import Settings


class Container:
    """What lives as long as the worker. Each method raises SetupRequired while settings
    are missing, and builds its part at the first call."""

    def __init__(self, environ: Mapping[str, str], clock: Clock = utc_now) -> None:
        self._environ = environ
        self._clock = clock
        self._settings: Once[Settings] = Once(self._read_settings)
        self._credential: Once[TokenCredential] = Once(self._build_credential)
        self._database: Once[Database] = Once(self._build_database)
        self._state: Once[StateStore] = Once(self._build_state)
        self._log: Once[InviteLog] = Once(self._build_log)
        self._media: Once[MediaServer] = Once(self._build_media)
        self._catalog: Once[ServerCatalog] = Once(self._build_catalog)
        self._libraries: Once[SharedLibraries] = Once(self._build_libraries)
        self._limiter: Once[RateLimiter] = Once(self._build_limiter)
        self._invite_code: Once[InviteCode] = Once(self._build_invite_code)
        self._send_invite: Once[SendInvite] = Once(self._build_send_invite)

    def settings(self) -> Settings:
        """Every setting, checked."""
        return self._settings.get()

    def database(self) -> Database:
        """The SQL database."""
        return self._database.get()

    def state(self) -> StateStore:
        """The state store: Azure Tables where they are set, else the SQL database."""
        return self._state.get()

    def invite_log(self) -> InviteLog:
        """The record of requests."""
        return self._log.get()

    def catalog(self) -> ServerCatalog:
        """What is known of the Plex server."""
        return self._catalog.get()

    def libraries(self) -> SharedLibraries:
        """Which libraries are shared."""
        return self._libraries.get()

    def limiter(self) -> RateLimiter:
        """Rate limits by rule and client."""
        return self._limiter.get()

    def invite_code(self) -> InviteCode:
        """The invite code's check."""
        return self._invite_code.get()

    def send_invite(self) -> SendInvite:
        """The main use case."""
        return self._send_invite.get()

    def connection_check(self) -> ConnectionCheck:
        """What works and what does not, layer by layer."""
        from helpr_core.services.connection_check import ConnectionCheck

        return ConnectionCheck(self.catalog, self.libraries, self.invite_log, self.state)

    def site(self) -> Site:
        """What the form shows."""
        from helpr_core.services.site import describe_site

        return describe_site(
            self.settings().plex_server_name,
            self.invite_code().required,
            self.libraries().offered(),
        )

    def is_demo(self) -> bool:
        """Whether invites go to a Plex on this computer, so that nothing is really sent."""
        from urllib.parse import urlsplit

        return urlsplit(self.settings().plex_api_url).hostname in ("127.0.0.1", "localhost")

    def keyed_hash(self, purpose: str, text: str) -> str:
        """64 hexadecimal digits that only this installation can compute."""
        key = self.settings().secret_key.get_secret_value().encode()
        return hmac.new(key, f"{purpose}:{text}".encode(), hashlib.sha256).hexdigest()

    def function_keys(self) -> tuple[str, ...]:
        """The key of protected functions where no Functions host keeps one."""
        return (self.keyed_hash("function key", ""),)

    def _read_settings(self) -> Settings:
        from helpr_core.settings import read_settings

        return read_settings(self._environ)

    def _build_credential(self) -> TokenCredential:
        from azure.identity import DefaultAzureCredential, ManagedIdentityCredential

        client_id = self.settings().azure_client_id
        if client_id:
            return ManagedIdentityCredential(client_id=client_id)
        return DefaultAzureCredential()

    def _build_database(self) -> Database:
        from helpr_core.adapters.sql.database import connect

        target = self.settings().database
        return connect(target.url, self._credential.get() if target.managed_identity else None)

    def _build_state(self) -> StateStore:
        settings = self.settings()
        if settings.tables_endpoint or settings.tables_connection:
            from helpr_core.adapters.state.connect import connect
            from helpr_core.adapters.state.tables import TablesStateStore

            if settings.tables_endpoint:
                service = connect(settings.tables_endpoint, self._credential.get())
            else:
                connection = settings.tables_connection
                service = connect(connection.get_secret_value() if connection else "")
            return TablesStateStore(service, self._clock)
        from helpr_core.adapters.state.sql import SqlStateStore

        return SqlStateStore(self.database(), self._clock)

    def _build_log(self) -> InviteLog:
        from helpr_core.adapters.sql.invite_log import SqlInviteLog

        return SqlInviteLog(self.database())

    def _build_media(self) -> MediaServer:
        from helpr_core.adapters.plex.account import Account
        from helpr_core.adapters.plex.media_server import PlexMediaServer

        settings = self.settings()

        def account() -> Account:
            identifier = self.keyed_hash("plex client identifier", "")[:32]
            token = settings.plex_token.get_secret_value()
            return Account(token, settings.plex_api_url, identifier)

        return PlexMediaServer(account, settings.plex_server_name, self._clock)

    def _build_catalog(self) -> ServerCatalog:
        from helpr_core.services.server_catalog import ServerCatalog

        settings = self.settings()
        key = self.keyed_hash("server", f"{settings.plex_api_url}/{settings.plex_server_name}")
        return ServerCatalog(self._media.get(), self.state(), key)

    def _build_libraries(self) -> SharedLibraries:
        from helpr_core.services.libraries import SharedLibraries

        return SharedLibraries(self.state(), self.catalog(), self.settings().plex_libraries)

    def _build_limiter(self) -> RateLimiter:
        from helpr_core.adapters.state.limits_storage import StateStoreStorage
        from helpr_core.services import invite_code, rate_limit

        settings = self.settings()
        rules = {
            "invites": settings.rate_invites,
            "default": settings.rate_default,
            "sign_in": settings.rate_sign_in,
            "status": settings.rate_status,
            # Guessing a code is guessing a secret, as guessing a password is.
            invite_code.RULE: settings.rate_sign_in,
        }
        return rate_limit.RateLimiter(rules, StateStoreStorage(self.state()))

    def _build_invite_code(self) -> InviteCode:
        from helpr_core.services.invite_code import InviteCode

        code = self.settings().invite_code
        return InviteCode(code.get_secret_value() if code else "", self.limiter())

    def _build_send_invite(self) -> SendInvite:
        from helpr_core.services.send_invite import SendInvite

        return SendInvite(
            self.invite_log(),
            self._media.get(),
            self.catalog(),
            self.libraries(),
            server_name=self.settings().plex_server_name,
            clock=self._clock,
            new_id=uuid.uuid4,
        )


_current: Once[Container] = Once(lambda: Container(os.environ))


def current() -> Container:
    """This worker's container."""
    return _current.get()


def function_keys() -> tuple[str, ...]:
    """The keys that a server without a Functions host accepts on protected functions."""
    return current().function_keys()


def install(build: Callable[[], Container]) -> None:
    """Put another container in place: for tests, and for settings read anew."""
    global _current
    _current = Once(build)
