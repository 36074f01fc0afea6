"""Whom the owner shares with, on all servers: two calls, however many people there are.

If plex.tv no longer has one of the lists, the next source is used; each can be switched off.
Pending invitations are also in `invites/owned/pending` and in each server's own list. v1's list of
invitations cannot be used: it only has the servers' names, and no ids of shares.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TypeVar
from xml.etree.ElementTree import Element

from helpr_core.adapters.plex.account import Account
from helpr_core.adapters.plex.addresses import (
    ACCEPTED,
    CLIENTS_PLEX_TV,
    PENDING,
    USERS,
    shares_url,
)
from helpr_core.adapters.plex.owners_account import OwnersAccount
from helpr_core.adapters.plex.people_rows import (
    Unreadable,
    is_on,
    listed,
    listed_v1,
    number,
    of_invitations,
    text,
)
from helpr_core.domain.people import Listed, Lists
from helpr_core.frozen import dataclass
from helpr_core.services.plex.errors import (
    PlexAnswerLost,
    PlexRefused,
    PlexServerUnknown,
    PlexUnexpected,
)
from helpr_core.texts import Message

log = logging.getLogger(__name__)

T = TypeVar("T")

INVITATIONS = f"{CLIENTS_PLEX_TV}/api/v2/shared_servers/invites/owned/pending"


@dataclass(frozen=True, slots=True)
class Ways:
    """Which sources of the lists are tried, in this order."""

    owned: bool = True
    """`owned/accepted` and `owned/pending`."""
    invitations: bool = True
    """`invites/owned/pending`, for pending invitations."""
    by_server: bool = True
    """v1's list of each server: one call each."""


class PlexPeople:
    """See the port PeopleSource. Threads share it."""

    def __init__(self, account: OwnersAccount, ways: Callable[[], Ways] = Ways) -> None:
        self._account = account
        self._ways = ways

    def read_lists(self, servers: Sequence[str]) -> Lists:
        """Both lists; `servers` are the machine identifiers that are read one by one if necessary.

        Raises PlexError's leaves if no source had a list.
        """
        gone: list[str] = []
        ways = self._ways()
        if not ways.by_server:
            servers = ()
        if ways.owned:
            accepted = self._tried(ACCEPTED, gone)
            if accepted is not None:
                waiting = self._waiting(servers, gone, ways)
                joined = _joined(accepted, waiting)
                return replace(joined, paths_gone=tuple(gone))
        return replace(self._by_server(servers), paths_gone=tuple(gone))

    def read_home(self) -> Sequence[int]:
        """The members of the owner's Plex Home, possibly including the owner."""
        answer = self._asked(lambda account: account.query(USERS))
        if answer is None or answer.tag != "MediaContainer":
            raise PlexAnswerLost(Message("plex.not_the_list"))
        members = (user for user in answer.iter("User") if is_on(user.get("home")))
        return [one for user in members if (one := number(user.get("id")))]

    def _waiting(self, servers: Sequence[str], gone: list[str], ways: Ways) -> Lists:
        found = self._tried(PENDING, gone, accepted=False)
        if found is None and ways.invitations:
            found = self._tried(INVITATIONS, gone, accepted=False)
        if found is not None:
            return found
        rows = self._by_server(servers)
        return replace(rows, rows=tuple(row for row in rows.rows if not row.accepted))

    def _tried(self, url: str, gone: list[str], *, accepted: bool = True) -> Lists | None:
        """The list; None, and its name added to `gone`, if plex.tv no longer has it."""
        try:
            answer, paged = self._asked(lambda account: account.query_json(url))
        except (PlexUnexpected, PlexServerUnknown) as exc:
            path = url.partition("/shared_servers/")[2]
            log.warning("list not read path=%s reason=%s", path, exc.code)
            gone.append(path)
            return None
        if not isinstance(answer, list):
            raise PlexAnswerLost(Message("plex.not_the_list"))
        rows = of_invitations(answer) if url == INVITATIONS else answer
        return replace(_lists(rows, accepted=accepted), paged=paged)

    def _by_server(self, servers: Sequence[str]) -> Lists:
        if not servers:
            raise PlexUnexpected(Message("plex.no_lists"))
        rows: list[Listed] = []
        unread = 0
        for server_id in servers:
            read = self._list_of(server_id)
            rows += read.rows
            unread += read.unread
        return Lists(tuple(rows), unread, servers=frozenset(servers))

    def _list_of(self, server_id: str) -> Lists:
        url = shares_url(server_id)
        answer = self._asked(lambda account: account.query(url))
        if answer is None or answer.tag != "MediaContainer":
            raise PlexAnswerLost(Message("plex.not_the_list"))
        found: list[Listed] = []
        unread = 0
        for row in answer.iter("SharedServer"):
            try:
                one = listed_v1(row, server_id)
            except Unreadable:
                unread += 1
                continue
            if one is not None:
                found.append(one)
        short = _short_of(answer)
        return Lists(tuple(found), unread + short)

    def _asked(self, call: Callable[[Account], T]) -> T:
        try:
            return self._account.ask(call)
        except PlexRefused as exc:  # a refusal to read is about nobody
            raise PlexUnexpected(exc.reason) from exc


def _lists(answer: Iterable[object], *, accepted: bool) -> Lists:
    rows: list[Listed] = []
    unread, owner_id = 0, None
    left: set[str] = set()
    ended: set[str] = set()
    for row in answer:
        if isinstance(row, Mapping):
            owner_id = owner_id or number(row.get("ownerId"))
        try:
            one = listed(row, accepted=accepted)
        except Unreadable:
            unread += 1
            continue
        if one is not None:
            rows.append(one)
        elif isinstance(row, Mapping):
            (left if row.get("leftAt") else ended).add(text(row.get("id")))
    return Lists(
        *(tuple(rows), unread),
        left=frozenset(left),
        ended=frozenset(ended),
        owner_id=owner_id,
    )


def _joined(accepted: Lists, waiting: Lists) -> Lists:
    """Both in one; a share that was accepted between the two calls occurs once."""
    seen = {row.share_id for row in accepted.rows}
    late = tuple(row for row in waiting.rows if row.share_id not in seen)
    return Lists(
        accepted.rows + late,
        accepted.unread + waiting.unread,
        accepted.paged or waiting.paged,
        left=accepted.left | waiting.left,
        ended=accepted.ended | waiting.ended,
        owner_id=accepted.owner_id or waiting.owner_id,
    )


def _short_of(answer: Element) -> int:
    """How many rows a list lacks, compared with the number it gives."""
    size = answer.get("size", "")
    listed_rows = sum(1 for _ in answer.iter("SharedServer"))
    return max(0, int(size) - listed_rows) if size.isascii() and size.isdigit() else 0
