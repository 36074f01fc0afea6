"""MediaServer over PlexAPI's account: the four things Helpr asks of plex.tv."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TypeVar
from xml.etree.ElementTree import Element

from helpr_core.adapters.plex.account import Account
from helpr_core.clock import Clock
from helpr_core.domain.plex import Library, Server, Share
from helpr_core.errors import PlexAnswerLost, PlexServerUnknown, PlexUnauthorized
from helpr_core.once import Once

T = TypeVar("T")

# `includeHttps` and the rest only add connections, and Helpr connects to none of them.
RESOURCES = "https://plex.tv/api/v2/resources"


class PlexMediaServer:
    """See the port MediaServer. Nothing here connects to the media server itself."""

    def __init__(
        self, build_account: Callable[[], Account], server_name: str, clock: Clock
    ) -> None:
        self._account = Once(build_account)
        self._server_name = server_name
        self._clock = clock

    def fetch_server(self) -> Server:
        """Find the owned server by its name, then its libraries: two calls."""
        resources = _xml(self._ask(lambda account: account.query(RESOURCES)))
        wanted = self._server_name.casefold()
        found = [
            resource
            for resource in resources.iter("resource")
            if resource.get("owned") == "1"
            and "server" in resource.get("provides", "").split(",")
            and resource.get("name", "").casefold() == wanted
        ]
        if not found:
            raise PlexServerUnknown("this account owns no server of that name")
        if len(found) > 1:
            raise PlexServerUnknown("this account owns several servers of that name")
        name = found[0].get("name", "")
        machine = found[0].get("clientIdentifier", "")
        return self.fetch_libraries(Server(machine, name, (), self._clock()))

    def fetch_libraries(self, server: Server) -> Server:
        """The same server with its libraries as they are now: one call."""
        url = Account.PLEXSERVERS.format(machineId=server.machine_identifier)
        answer = _xml(self._ask(lambda account: account.query(url)))
        sections = [section for one in answer.iter("Server") for section in one.iter("Section")]
        return replace(
            server,
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
