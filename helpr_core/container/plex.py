"""plex.tv, and what is known about the owner's server."""

from __future__ import annotations

from threading import Lock
from typing import TYPE_CHECKING

from helpr_core.container.group import Group
from helpr_core.errors import LogUnavailable
from helpr_core.first_use import importing
from helpr_core.once import kept

if TYPE_CHECKING:
    from helpr_core.adapters.plex.account import Account
    from helpr_core.adapters.plex.owners_account import OwnersAccount
    from helpr_core.container import Container
    from helpr_core.services.plex.account import PlexAccount
    from helpr_core.services.plex.breaker import CircuitBreaker
    from helpr_core.services.plex.catalog import ServerCatalog
    from helpr_core.services.plex.libraries import SharedLibraries
    from helpr_core.services.plex.seats import SeatCount, Seats
    from helpr_core.services.ports import MediaServer


class PlexParts(Group):
    """Held by the container."""

    def __init__(self, container: Container) -> None:
        super().__init__(container)
        self._others: dict[str, ServerCatalog] = {}
        self._shared: dict[str, SharedLibraries] = {}
        self._others_lock = Lock()

    @kept
    def media(self) -> MediaServer:
        """plex.tv."""
        with importing:
            from helpr_core.adapters.plex.media_server import PlexMediaServer

        name = self._container.installation.settings().plex_server_name
        return PlexMediaServer(self.owners_account(), name, self._clock)

    @kept
    def owners_account(self) -> OwnersAccount:
        """The owner's account, for all calls of this worker."""
        with importing:
            from helpr_core.adapters.plex.owners_account import OwnersAccount

        return OwnersAccount(self.account)

    def account(self) -> Account:
        """The account by the token that counts now, with a permanent client identifier."""
        parts = self._container
        with importing:
            from helpr_core.adapters.plex.account import Account

        settings = parts.installation.settings()
        token = parts.installation.token() or settings.plex_token.get_secret_value()
        return Account(token, settings.plex_api_url, self.client_identifier())

    def client_identifier(self) -> str:
        """The device that Helpr is in the owner's account: friends' sign-ins use others."""
        keyed_hash = self._container.installation.keyed_hash
        return keyed_hash("plex client identifier", "")[:32]

    @kept
    def catalog(self) -> ServerCatalog:
        """What is known about the Plex server."""
        with importing:
            from helpr_core.services.plex.catalog import ServerCatalog

        return ServerCatalog(
            self.media(), self._container.stores.state(), self._server_key(), self._clock
        )

    def catalog_of(self, server_id: str) -> ServerCatalog:
        """What is known about one of the owner's servers; about the default one for ""."""
        known = self.catalog().known()
        if not server_id or (known is not None and known.machine_identifier == server_id):
            return self.catalog()
        with self._others_lock:
            if server_id not in self._others:
                self._others[server_id] = self._catalog_of(server_id)
            return self._others[server_id]

    def _catalog_of(self, server_id: str) -> ServerCatalog:
        parts = self._container
        with importing:
            from helpr_core.adapters.plex.media_server import PlexMediaServer
            from helpr_core.services.plex.catalog import ServerCatalog

        address = parts.installation.settings().plex_api_url
        key = parts.installation.keyed_hash("server", f"{address}/{server_id}")
        media = PlexMediaServer(self.owners_account(), server_id, self._clock)
        return ServerCatalog(media, parts.stores.state(), key, self._clock)

    @kept
    def libraries(self) -> SharedLibraries:
        """Which libraries are shared."""
        parts = self._container
        with importing:
            from helpr_core.services.plex.libraries import SharedLibraries

        names = parts.installation.settings().plex_libraries
        return SharedLibraries(parts.stores.decided_libraries(), self.catalog(), names, self._clock)

    def libraries_of(self, server_id: str) -> SharedLibraries:
        """What is shared of one of the owner's servers; of the default one for ""."""
        if self.catalog_of(server_id) is self.catalog():
            return self.libraries()
        with self._others_lock:
            if server_id not in self._shared:
                self._shared[server_id] = self._libraries_of(server_id)
            return self._shared[server_id]

    def _libraries_of(self, server_id: str) -> SharedLibraries:
        with importing:
            from helpr_core.services.plex.libraries import SharedLibraries

        decided = self._container.stores.decided_libraries_of(server_id)
        return SharedLibraries(decided, self._others[server_id], (), self._clock)

    @kept
    def seats(self) -> Seats:
        """How many seats are taken."""
        with importing:
            from helpr_core.services.plex.seats import Seats

        return Seats(
            self._count_seats,
            self._last_seats,
            self._container.stores.state(),
            self._server_key(),
            self._clock,
        )

    def _count_seats(self) -> SeatCount:
        """Counted from the reading of people, or from lists alone while no database stores it."""
        with importing:
            from helpr_core.services.plex.seats import SeatCount

        try:
            return SeatCount(*self._container.people().reading().count_seats())
        except LogUnavailable:
            holders = self.media().fetch_seat_holders(self.catalog().server())
            return SeatCount(len(holders.people), len(holders.invited), self._clock())

    def _last_seats(self) -> SeatCount | None:
        with importing:
            from helpr_core.services.plex.seats import SeatCount

        try:
            last = self._container.people().log().last_reading()
        except LogUnavailable:
            return None
        if last.seats is None or last.read_at is None:
            return None
        return SeatCount(*last.seats, last.read_at)

    @kept
    def owner(self) -> PlexAccount:
        """What is known about the owner's account."""
        parts = self._container
        with importing:
            from helpr_core.services.plex.account import PlexAccount

        settings = parts.installation.settings()
        token = settings.plex_token.get_secret_value()
        key = parts.installation.keyed_hash("account", f"{settings.plex_api_url}/{token}")
        return PlexAccount(self.media(), parts.stores.state(), key, self._clock)

    @kept
    def breaker(self) -> CircuitBreaker:
        """Whether plex.tv is called at present."""
        with importing:
            from helpr_core.services.plex.breaker import CircuitBreaker

        return CircuitBreaker(self._container.stores.state(), self._clock)

    def _server_key(self) -> str:
        """The key under which the server and the account are stored."""
        parts = self._container
        settings = parts.installation.settings()
        return parts.installation.keyed_hash(
            "server", f"{settings.plex_api_url}/{settings.plex_server_name}"
        )
