"""MediaServer on top of the account: Helpr's calls to plex.tv."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeVar
from xml.etree.ElementTree import Element

from helpr_core.adapters.plex.account import Account
from helpr_core.adapters.plex.addresses import (
    ACCEPTED,
    ALL_ADDRESSES,
    PENDING,
    REQUESTED,
    RESOURCES,
    USER,
    USERS,
    server_url,
    shares_url,
)
from helpr_core.adapters.plex.invitations import post_invitation
from helpr_core.adapters.plex.owners_account import OwnersAccount
from helpr_core.adapters.plex.reachability import first_that_answers
from helpr_core.clock import Clock
from helpr_core.domain.owned_servers import FoundServer, OwnedServer, find_server
from helpr_core.domain.plex import Library, OwnerAccount, SeatHolders, Server, Share
from helpr_core.services.plex.errors import (
    PlexAnswerLost,
    PlexRefused,
    PlexServersAlike,
    PlexServerUnknown,
    PlexUnexpected,
)
from helpr_core.services.ports import Sent
from helpr_core.texts import Message

log = logging.getLogger(__name__)

T = TypeVar("T")

_NO_LIST = ("html", "Response", "errors")
"""The first elements of a page from something in between, and of a refusal with status 200: read as
a list, they would look empty."""


class PlexMediaServer:
    """See the port MediaServer. Only `reach` connects to the media server itself."""

    def __init__(self, account: OwnersAccount, server_name: str, clock: Clock) -> None:
        self._account = account
        self._server_name = server_name
        self._clock = clock

    def find_server(self, known: str = "") -> FoundServer:
        """Look for the server among the account's: one call."""
        return self._find_server(ALL_ADDRESSES, known)

    def fetch_server(self, known: str = "") -> Server:
        """Find the owned server by its name, then its libraries: two calls."""
        found = self._find_server(RESOURCES, known)
        if found.server is None:
            listed = found.alike or found.owned
            raise (PlexServersAlike if found.alike else PlexServerUnknown)(
                owned={one.machine_identifier: one.name for one in listed},
                wanted=found.wanted,
            )
        server = Server(found.server.machine_identifier, found.server.name, (), self._clock())
        return self.fetch_libraries(server)

    def fetch_libraries(self, server: Server) -> Server:
        url = server_url(server.machine_identifier)
        listed = list(self._read(url).iter("Server"))
        servers = [one for one in listed if _is_described(one, server)]
        if listed and not servers:
            raise PlexAnswerLost(Message("plex.other_server"))
        libraries = [_library(section) for one in servers for section in one.iter("Section")]
        return replace(
            server,
            name=next((one.get("name", "") for one in servers if one.get("name")), server.name),
            libraries=tuple({library.id: library for library in libraries}.values()),
            fetched_at=self._clock(),
        )

    def send_invite(
        self,
        server: Server,
        library_ids: Sequence[int],
        invitee: str,
        restrictions: Mapping[str, Any] | None = None,
        account_id: int | None = None,
    ) -> Sent:
        """One POST, by the account's id if known."""
        answer = self._account.ask(
            lambda account: post_invitation(
                account,
                server.machine_identifier,
                library_ids,
                invitee if account_id is None else account_id,
                restrictions,
            )
        )
        if answer is None:  # 204: carried out, without details
            return Sent(accepted=False)
        shares = [_share(element) for element in answer.iter("SharedServer")]
        if not shares:
            raise PlexAnswerLost(Message("plex.names_no_share"))
        return Sent(any(share.accepted for share in shares), shares[0].id)

    def list_shares(self, server: Server) -> Sequence[Share]:
        url = shares_url(server.machine_identifier)
        return tuple(_share(element) for element in self._read(url).iter("SharedServer"))

    def has_invitation(self, server: Server, share: Share) -> bool:
        """Whether the list of invitations has it: one call.

        It gives only the servers' names, and not always.
        """
        invites = self._read(REQUESTED).iter("Invite")
        names = (share.username.casefold(), share.email.casefold())
        return any(_is_for(invite, names) and _is_of(invite, server.name) for invite in invites)

    def end_share(self, server: Server, share: Share) -> None:
        """One DELETE; the friendship, if there is one, stays."""
        if not share.id:  # the path would be that of all shares
            raise PlexUnexpected(Message("plex.share_without_id"))
        url = f"{shares_url(server.machine_identifier)}/{share.id}"
        try:
            self._asked(lambda account: account.query(url, "DELETE"))
        except PlexServerUnknown:  # plex.tv has no such share: another caller was faster
            return

    def fetch_seat_holders(self, server: Server) -> SeatHolders:
        """Everyone in plex.tv's lists for all servers, and in the owner's Plex Home: three calls.

        If plex.tv no longer has these lists, those of this server are counted.
        """
        accepted, waiting = self._readable(ACCEPTED), self._readable(PENDING)
        if accepted is None or waiting is None:
            shares = self.list_shares(server)
            people = {share.id for share in shares if share.accepted}
            return SeatHolders(frozenset(people), frozenset(share.id for share in shares) - people)
        people, invited = set(_shared_with(accepted)), set(_shared_with(waiting))
        known = self._readable(USERS)
        if known is not None:
            people |= {user.get("id", "") for user in known.iter("User") if _has_a_seat(user)}
        people -= {share.get("ownerId", "") for share in accepted.iter("sharedServer")}
        return SeatHolders(frozenset(people), frozenset(invited - people))

    def has_access(self, server: Server, account_id: int) -> bool:
        """Whether the list for all servers shows that account as having accepted: one call."""
        return any(
            row.get("invitedId") == str(account_id)
            and row.get("machineIdentifier") == server.machine_identifier
            and not (row.get("deletedAt") or row.get("leftAt"))
            for row in self._read(ACCEPTED).iter("sharedServer")
        )

    def fetch_account(self) -> OwnerAccount:
        user = self._read(USER)
        name = user.get("username") or user.get("title") or ""
        subscription = user.find("subscription")
        active = None if subscription is None else subscription.get("active")
        number = user.get("id") or ""
        return OwnerAccount(
            name,
            None if active is None else active in ("1", "true"),
            int(number) if number.isascii() and number.isdigit() else 0,
        )

    def reach(self, server: OwnedServer) -> str | None:
        """The first address at which the server answers."""
        return first_that_answers(server.addresses, server.machine_identifier)

    def _find_server(self, resources: str, known: str) -> FoundServer:
        answer = self._read(resources)
        owned = [
            _owned_server(resource)
            for resource in answer.iter("resource")
            if resource.get("owned") == "1" and "server" in resource.get("provides", "").split(",")
        ]
        return find_server(self._server_name, owned, known)

    def _read(self, url: str) -> Element:
        answer = self._asked(lambda account: account.query(url))
        if answer is None:
            raise PlexAnswerLost(Message("plex.empty"))
        if answer.tag.rpartition("}")[2] in _NO_LIST:
            raise PlexAnswerLost(Message("plex.not_the_list"))
        return answer

    def _readable(self, url: str) -> Element | None:
        """The same; None if plex.tv has no such list, or gives it to nobody."""
        try:
            return self._read(url)
        except (PlexUnexpected, PlexServerUnknown) as exc:
            log.warning("list not read reason=%s", exc.code)
            return None

    def _asked(self, call: Callable[[Account], T]) -> T:
        """For calls that invite nobody: here even Plex's own refusal is not about a friend."""
        try:
            return self._account.ask(call)
        except PlexRefused as exc:
            raise PlexUnexpected(exc.reason) from exc


def _is_described(element: Element, server: Server) -> bool:
    identifier = element.get("machineIdentifier", "") or server.machine_identifier
    return identifier.casefold() == server.machine_identifier.casefold()


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
        raise PlexAnswerLost(Message("plex.library_without_id")) from exc
    return Library(number, section.get("title", ""), section.get("type", ""))


def _shared_with(answer: Element) -> Iterator[str]:
    """A key for each person in a list of all servers' shares; ended ones are left out."""
    if answer.tag != "sharedServers":
        raise PlexAnswerLost(Message("plex.not_the_list"))
    for share in answer.iter("sharedServer"):
        if share.get("deletedAt") or share.get("leftAt"):
            continue
        # Somebody invited by an unregistered address has no account id yet.
        yield share.get("invitedId") or share.get("invitedEmail", "").casefold()


def _has_a_seat(user: Element) -> bool:
    """Whether it is a member of the owner's Plex Home, or a friend with a share: some have none."""
    return user.get("home") == "1" or user.find("Server") is not None


def _is_for(invite: Element, names: tuple[str, str]) -> bool:
    username, email = (invite.get(name, "").casefold() for name in ("username", "email"))
    return bool(username and username == names[0]) or bool(email and email == names[1])


def _is_of(invite: Element, server_name: str) -> bool:
    named = [server.get("name") for server in invite.iter("Server")]
    return not named or server_name in named


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
