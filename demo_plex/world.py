"""The state behind the demo: an owner's server, its libraries, and whom it is shared with.

Sharing follows what plex.tv does; what is verified and what is assumed of it is marked at
the wording of each refusal.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from demo_plex.people import OWNER_USERNAME, Person, find_person, managed_user, with_account
from demo_plex.shares import (
    DEFAULT_SETTINGS,
    LIBRARIES,
    MACHINE_IDENTIFIER,
    OTHER_LIBRARIES,
    OTHER_MACHINE_IDENTIFIER,
    OTHER_SERVER_NAME,
    AccountShare,
    DemoLibrary,
    DemoServer,
    DemoShare,
)

__all__ = ["LIBRARIES", "DemoLibrary", "DemoShare", "Refused", "Unknown", "World"]

SEAT_LIMIT = 100
# Time and ids count up from here: two runs of one test give the same bytes.
FIRST_MOMENT = 1_750_000_000
FIRST_SHARE_ID = 1001

# Verified wording, https://github.com/pushingkarmaorg/python-plexapi/issues/128
ALREADY_SHARING = "You're already sharing this server with {name}. Please edit your existing share."
# Assumed wordings: no source shows what plex.tv says in these cases.
IMPOSSIBLE_NAME = "The username or email entered is invalid."
UNKNOWN_USERNAME = "The username or email entered does not exist."
ONESELF = "You cannot share a server with yourself."
FULL = f"You've reached the limit of {SEAT_LIMIT} users you can share with."
UNKNOWN_SETTING = "There is no such setting."
FOREIGN_LIBRARY = "One or more of the libraries do not belong to this server."


class Refused(Exception):
    """plex.tv refuses with status 400; the message is its text."""


class Unknown(Exception):
    """There is no share, friend, invitation or server with that id."""


class World:
    """plex.tv's state. All methods are thread-safe."""

    def __init__(
        self,
        server_name: str,
        libraries: Sequence[DemoLibrary],
        people: Iterable[str],
        clock: Callable[[], float] | None = None,
    ) -> None:
        self._clock = clock
        self._first_server_name = server_name
        self._first_libraries = tuple(libraries)
        self._first_people = tuple(people)
        self._lock = threading.RLock()
        self.reset()

    def reset(self) -> None:
        """Reset to the initial state."""
        with self._lock:
            self.server_name = self._first_server_name
            self.machine_identifier = MACHINE_IDENTIFIER
            # Further servers of the same account: names by machine identifier.
            self.other_servers: dict[str, str] = {}
            self.listed = True  # in the account's resources
            self.libraries = self._first_libraries
            self._shares: dict[int, DemoShare] = {}
            self._moment = FIRST_MOMENT
            self._next_id = FIRST_SHARE_ID
            self._fillers: list[str] = []
            found = (_registered(identity) for identity in self._first_people)
            self._friends = {person.key: person for person in found}
            self._home: dict[str, Person] = {}
            self._settings: dict[str, dict[str, Any]] = {}
            # What the lists of all servers go on showing, and how many reads of them will see it.
            self._stale: list[AccountShare] = []
            self._stale_reads = 0
            # Who has signed in, and how often each receiver's list is late with a new invitation.
            self._met: dict[str, Person] = {}
            self.arrives_after = 0
            self._looks: dict[int, int] = {}

    def server(self, machine_identifier: str) -> DemoServer:
        """One of the owner's servers. Raises Unknown."""
        with self._lock:
            if machine_identifier in ("", self.machine_identifier):
                return DemoServer(self.machine_identifier, self.server_name, self.libraries)
            names = {OTHER_MACHINE_IDENTIFIER: OTHER_SERVER_NAME} | self.other_servers
            if machine_identifier not in names:
                raise Unknown
            name = names[machine_identifier]
            return DemoServer(machine_identifier, name, OTHER_LIBRARIES)

    def shares(self, server: str = "") -> list[DemoShare]:
        """All rows of a server that are not over, pending ones too, oldest first."""
        with self._lock:
            rows = list(self._shares.values())
        return [row for row in rows if row.server == server and not row.ended]

    def friends(self) -> list[tuple[Person, DemoShare | None]]:
        """Everyone who accepted, each with their share of this server, if any."""
        with self._lock:
            by_key = {share.person.key: share for share in self.shares()}
            return [(person, by_key.get(key)) for key, person in self._friends.items()]

    def home(self) -> list[Person]:
        """The members of the owner's Plex Home, the owner left out."""
        with self._lock:
            return list(self._home.values())

    def account_shares(self) -> list[AccountShare]:
        """The rows of all servers of the owner, this one's first; those that are over, too."""
        with self._lock:
            rows = sorted(self._shares.values(), key=lambda row: bool(row.server))
            return [self._account_share(row) for row in rows]

    def listed_shares(self) -> list[AccountShare]:
        """The same as plex.tv lists them: the past for a while, where that was ordered."""
        with self._lock:
            if not self._stale_reads:
                return self.account_shares()
            self._stale_reads -= 1
            return list(self._stale)

    def go_stale(self, reads: int) -> None:
        """Have so many reads of the lists of all servers show what is true now."""
        with self._lock:
            self._stale, self._stale_reads = self.account_shares(), reads

    def share_elsewhere(self, identity: str, *, accepted: bool) -> DemoShare:
        """The owner's other server is shared with somebody."""
        person = find_person(identity)
        if person is None:
            raise ValueError("nobody has that username")
        with self._lock:
            ids = tuple(library.id for library in OTHER_LIBRARIES)
            row = self._add(person, ids, OTHER_MACHINE_IDENTIFIER)
            row = replace(row, accepted_at=self._now() if accepted else None)
            self._shares[row.id] = row
            return row

    def settings_of(self, person: Person) -> Mapping[str, Any]:
        """The restrictions of one person, which hold on all servers: all ten settings."""
        with self._lock:
            return {**DEFAULT_SETTINGS, **self._settings.get(person.key, {})}

    def restrict(self, person: Person, settings: Mapping[str, Any]) -> Mapping[str, Any]:
        """Set a person's settings; what is not named is as without restrictions.

        Raises Refused for a setting that plex.tv does not have.
        """
        if not settings.keys() <= DEFAULT_SETTINGS.keys():
            raise Refused(UNKNOWN_SETTING)
        with self._lock:
            self._settings[person.key] = {**DEFAULT_SETTINGS, **settings}
            return self.settings_of(person)

    def person_of(self, identity: str | int) -> Person:
        """Somebody in the lists, by account id, username or address. Raises Unknown."""
        with self._lock:
            if isinstance(identity, int):
                found = self._known(identity)
            else:
                wanted = identity.casefold()
                people = [row.person for row in self._shares.values()]
                people += self._friends.values()
                found = next(
                    (
                        one
                        for one in people
                        if wanted in (one.username.casefold(), one.email.casefold())
                    ),
                    None,
                )
            if found is None:
                raise Unknown
            return found

    def fill_elsewhere(self, people: int) -> None:
        """Have so many friends on the other server alone: `cabin-001` and so on."""
        with self._lock:
            there = OTHER_MACHINE_IDENTIFIER
            self._shares = {i: s for i, s in self._shares.items() if s.server != there}
            for number in range(people):
                self.share_elsewhere(f"cabin-{number + 1:03d}", accepted=True)

    def fill_home(self, people: int) -> None:
        """Have so many members of the Plex Home beside the owner: `home-01` and so on."""
        with self._lock:
            members = [_registered(f"home-{number + 1:02d}") for number in range(people)]
            self._home = {person.key: person for person in members}

    def add_managed(self, title: str) -> Person:
        """A managed user of the Plex Home, who has access to all that the owner has."""
        with self._lock:
            person = managed_user(title)
            self._home[person.key] = person
            return person

    def join_home(self, identity: str) -> None:
        """Somebody with an account becomes a member of the owner's Plex Home."""
        with self._lock:
            person = _registered(identity)
            self._home[person.key] = person

    def share_of(self, identity: str) -> DemoShare | None:
        """The row of the person with that username or address."""
        try:
            person = find_person(identity)
        except ValueError:
            return None
        with self._lock:
            return self._find(person.key) if person else None

    def libraries_of(self, share: DemoShare) -> list[DemoLibrary]:
        """The libraries that share opens at this moment."""
        ids, libraries = share.library_ids, self.server(share.server).libraries
        return [library for library in libraries if ids is None or library.id in ids]

    def share(self, invited: str | int, library_ids: Sequence[int], server: str = "") -> DemoShare:
        """Share with a username, an address, or a known person's user id.

        An empty list shares every library. Raises Refused, and then nothing has changed.
        """
        with self._lock:
            person = self._invitee(invited)
            checked = self._checked(library_ids, server)
            if self._find(person.key, server):
                raise Refused(ALREADY_SHARING.format(name=person.name))
            if person.key not in self._friends and len(self._seats()) >= SEAT_LIMIT:
                raise Refused(FULL)
            return self._add(person, checked, server)

    def replace_libraries(self, share_id: int, library_ids: Sequence[int]) -> DemoShare:
        """Give a share other libraries. Raises Unknown or Refused.

        An invitation that waits keeps those it was sent with, whatever the answer says.
        """
        with self._lock:
            share = self.row(share_id)
            checked = self._checked(library_ids, share.server)
            changed = replace(share, library_ids=checked)
            if share.accepted:
                self._shares[share_id] = changed
            return changed

    def row(self, share_id: int) -> DemoShare:
        """The row of that id, on any server. Raises Unknown, also where it is over."""
        with self._lock:
            share = self._shares.get(share_id)
            if share is None or share.ended:
                raise Unknown
            return share

    def end_share(self, share_id: int, *, keep_row: bool = False) -> None:
        """End a share and keep the friendship. Raises Unknown.

        With `keep_row` the lists of all servers go on showing it, with its end.
        """
        with self._lock:
            share = self.row(share_id)
            if keep_row:
                self._shares[share_id] = replace(share, deleted_at=self._now())
            else:
                del self._shares[share_id]

    def leave(self, identity: str) -> None:
        """The friend ends the share without being asked to. Raises Unknown."""
        with self._lock:
            share = self.share_of(identity)
            if share is None or not share.accepted:
                raise Unknown
            self._shares[share.id] = replace(share, left_at=self._now())

    def end_friendship(self, user_id: int) -> None:
        """End a friendship with all shares. Raises Unknown."""
        with self._lock:
            key = next((k for k, p in self._friends.items() if p.user_id == user_id), None)
            if key is None:
                raise Unknown
            del self._friends[key]
            self._shares = {i: s for i, s in self._shares.items() if s.person.key != key}

    def invites(self) -> list[DemoShare]:
        """The invitations of all servers that wait for an answer, oldest first."""
        with self._lock:
            rows = [share for share in self._shares.values() if not share.ended]
        return [share for share in rows if not share.accepted and share.invite_listed]

    def cancel_invite(self, invite_id: str, *, friend: bool, server: bool) -> None:
        """Take an invitation back. Raises Unknown when there is none.

        `server` takes the rows away, those of all servers; `friend` alone takes the friend
        request and leaves them.
        """
        with self._lock:
            for share in self._waiting(invite_id):
                if server:
                    del self._shares[share.id]
                elif friend:
                    self._shares[share.id] = replace(share, invite_listed=False)

    def accept(self, identity: str) -> DemoShare:
        """The friend accepts, signing up first where needed. Raises Unknown."""
        with self._lock:
            share = self.share_of(identity)
            if share is None:
                raise Unknown
            return self._accepted(share)

    def accept_own(self, share_id: int, person: Person) -> DemoShare:
        """The friend accepts that very share, on any server. Raises Unknown for another's."""
        with self._lock:
            share = self.row(share_id)
            if share.person.key != person.key or not self._has_arrived(share):
                raise Unknown
            return self._accepted(share)

    def received_by(self, person: Person) -> list[DemoShare]:
        """The invitations that have reached that person and wait."""
        with self._lock:
            own = [share for share in self.invites() if share.person.key == person.key]
            return [share for share in own if self._has_arrived(share)]

    def meet(self, person: Person) -> None:
        """Somebody with an account signs in, and can be shared with by its id from then on."""
        with self._lock:
            self._met[person.key] = person

    def _has_arrived(self, share: DemoShare) -> bool:
        """Whether its receiver sees it: not at the first `arrives_after` looks."""
        looks = self._looks.get(share.id, 0)
        self._looks[share.id] = looks + 1
        return looks >= self.arrives_after

    def _accepted(self, share: DemoShare) -> DemoShare:
        person = with_account(share.person)
        self._friends[person.key] = person
        accepted = replace(share, person=person, accepted_at=share.accepted_at or self._now())
        self._shares[share.id] = accepted
        return accepted

    def fill_seats(self, people: int) -> None:
        """Make it that many people in all, with friends `seat-001`, `seat-002` and so on.

        People who were invited are never removed.
        """
        with self._lock:
            while self._fillers and len(self._seats()) > people:
                key = self._fillers.pop()
                self._friends.pop(key, None)
                self._shares = {i: s for i, s in self._shares.items() if s.person.key != key}
            while len(self._seats()) < people:
                person = _registered(f"seat-{len(self._fillers) + 1:03d}")
                self._fillers.append(person.key)
                self._friends[person.key] = person
                self._add(person, None)

    def seats_taken(self) -> int:
        """How many people have access or an invitation that waits."""
        with self._lock:
            return len(self._seats())

    def _seats(self) -> set[str]:
        rows = {share.person.key for share in self._shares.values() if not share.ended}
        return self._friends.keys() | rows | self._home.keys()

    def _account_share(self, row: DemoShare) -> AccountShare:
        home = row.person.key in self._home
        return AccountShare(row, self.server(row.server), self.settings_of(row.person), home)

    def _add(
        self, person: Person, library_ids: tuple[int, ...] | None, server: str = ""
    ) -> DemoShare:
        invited_at = self._now()
        # A friend need not accept again: the share is open at once.
        accepted_at = self._now() if person.key in self._friends else None
        share = DemoShare(
            self._next_id, person, library_ids, invited_at, accepted_at, server=server
        )
        self._shares[share.id] = share
        self._next_id += 1
        return share

    def _now(self) -> int:
        told = int(self._clock()) if self._clock else 0
        self._moment = max(self._moment + 1, told)
        return self._moment

    def _find(self, key: str, server: str = "") -> DemoShare | None:
        return next((s for s in self.shares(server) if s.person.key == key), None)

    def _waiting(self, invite_id: str) -> list[DemoShare]:
        wanted = invite_id.casefold()
        found = [one for one in self.invites() if one.person.invite_id.casefold() == wanted]
        if not found:
            raise Unknown
        return found

    def _checked(self, library_ids: Sequence[int], server: str = "") -> tuple[int, ...] | None:
        if not set(library_ids) <= {library.id for library in self.server(server).libraries}:
            raise Refused(FOREIGN_LIBRARY)
        return tuple(library_ids) or None

    def _invitee(self, invited: str | int) -> Person:
        try:
            person = self._known(invited) if isinstance(invited, int) else find_person(invited)
        except ValueError:
            raise Refused(IMPOSSIBLE_NAME) from None
        if person is None:
            raise Refused(UNKNOWN_USERNAME)
        if person.key == _registered(OWNER_USERNAME).key:
            raise Refused(ONESELF)
        # Whoever signed up since is known under the account.
        return self._friends.get(person.key, person)

    def _known(self, user_id: int) -> Person | None:
        rows = (share.person for share in self._shares.values())
        known = [*self._friends.values(), *rows, *self._met.values()]
        return next((person for person in known if person.user_id == user_id), None)


def _registered(identity: str) -> Person:
    person = find_person(identity)
    if person is None or person.user_id is None:
        raise ValueError(f"the demo has no account {identity!r}")
    return person
