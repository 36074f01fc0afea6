"""MediaServer over PlexAPI's account: what Helpr asks of plex.tv."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TypeVar
from xml.etree.ElementTree import Element

from helpr_core.adapters.plex.account import Account
from helpr_core.adapters.plex.reachability import first_that_answers
from helpr_core.clock import Clock
from helpr_core.domain.owned_servers import FoundServer, OwnedServer, find_server
from helpr_core.domain.plex import Library, Server, Share
from helpr_core.errors import (
    PlexAnswerLost,
    PlexServersAlike,
    PlexServerUnknown,
    PlexUnauthorized,
)
from helpr_core.once import Once

T = TypeVar("T")

# `includeHttps` and the rest only add connections, and an invite needs none of them.
RESOURCES = "https://plex.tv/api/v2/resources"
ALL_ADDRESSES = f"{RESOURCES}?includeHttps=1&includeRelay=1"
USER = "https://plex.tv/api/v2/user"


class PlexMediaServer:
    """See the port MediaServer. Only `reach` connects to the media server itself."""

    def __init__(
        self, build_account: Callable[[], Account], server_name: str, clock: Clock
    ) -> None:
        self._account = Once(build_account)
        self._server_name = server_name
        self._clock = clock

    def find_server(self, known: str = "") -> FoundServer:
        """Look for the server among those of the account: one call."""
        return self._find_server(ALL_ADDRESSES, known)

    def fetch_server(self, known: str = "") -> Server:
        """Find the owned server by its name, then its libraries: two calls."""
        found = self._find_server(RESOURCES, known)
        if found.server is None and found.alike:
            raise PlexServersAlike(owned=tuple(one.machine_identifier for one in found.alike))
        if found.server is None:
            raise PlexServerUnknown(owned=tuple(one.name for one in found.owned))
        server = Server(found.server.machine_identifier, found.server.name, (), self._clock())
        return self.fetch_libraries(server)

    def fetch_libraries(self, server: Server) -> Server:
        """The same server with its libraries as they are now: one call."""
        url = Account.PLEXSERVERS.format(machineId=server.machine_identifier)
        answer = _xml(self._ask(lambda account: account.query(url)))
        servers = list(answer.iter("Server"))
        sections = [section for one in servers for section in one.iter("Section")]
        return replace(
            server,
            name=next((one.get("name", "") for one in servers if one.get("name")), server.name),
            libraries=tuple(_library(section) for section in sections),
            fetched_at=self._clock(),
        )

    def send_invite(self, server: Server, library_ids: Sequence[int], invitee: str) -> bool:
        """One POST; True when plex.tv lists the share as accepted at once."""
        if not library_ids:
            raise ValueError("an empty list of libraries would share every library")
        answer = self._ask(
            lambda account: account.inviteFriend(  # type: ignore[no-untyped-call]
                invitee, server.machine_identifier, sections=list(library_ids)
            )
        )
        if answer is None:  # 204: carried out, and nothing said about it
            return False
        shares = [_share(element) for element in answer.iter("SharedServer")]
        if not shares:
            raise PlexAnswerLost("the answer names no share")
        return any(share.accepted for share in shares)

    def list_shares(self, server: Server) -> Sequence[Share]:
        """Everyone the server is shared with, pending ones too: one call."""
        url = Account.FRIENDINVITE.format(machineId=server.machine_identifier)
        answer = _xml(self._ask(lambda account: account.query(url)))
        return tuple(_share(element) for element in answer.iter("SharedServer"))

    def fetch_account(self) -> str:
        """The account's username: one call."""
        user = _xml(self._ask(lambda account: account.query(USER)))
        return user.get("username") or user.get("title") or "an account without a name"

    def reach(self, server: OwnedServer) -> str | None:
        """The first address at which the server answers."""
        return first_that_answers(server.addresses, server.machine_identifier)

    def _find_server(self, resources: str, known: str) -> FoundServer:
        answer = _xml(self._ask(lambda account: account.query(resources)))
        owned = [
            _owned_server(resource)
            for resource in answer.iter("resource")
            if resource.get("owned") == "1" and "server" in resource.get("provides", "").split(",")
        ]
        return find_server(self._server_name, owned, known)

    def _ask(self, call: Callable[[Account], T]) -> T:
        try:
            return call(self._account.get())
        except PlexUnauthorized:
            # The next call starts from nothing, with whatever token is set by then.
            self._account.drop()
            raise


def _xml(answer: Element | None) -> Element:
    if answer is None:
        raise PlexAnswerLost("an empty answer")
    return answer


def _owned_server(resource: Element) -> OwnedServer:
    connections = sorted(resource.iter("connection"), key=lambda one: one.get("local") != "1")
    return OwnedServer(
        resource.get("name", ""),
        resource.get("clientIdentifier", ""),
        tuple(one.get("uri", "") for one in connections if one.get("uri")),
    )


def _library(section: Element) -> Library:
    try:
        number = int(section.get("id", ""))
    except ValueError as exc:
        raise PlexAnswerLost("a library without an id") from exc
    return Library(number, section.get("title", ""), section.get("type", ""))


def _share(element: Element) -> Share:
    # Pending rows carry acceptedAt="", some answers accepted="0": either one counts.
    accepted_at = element.get("acceptedAt", "")
    pending = accepted_at in ("", "0") or element.get("accepted") == "0"
    return Share(
        id=element.get("id", ""),
        username=element.get("username", ""),
        email=element.get("email", ""),
        accepted=not pending,
    )
