"""The state behind the demo: an owner's server, its libraries, and whom it is shared with.

Sharing follows what plex.tv does; what is verified and what is assumed of it is marked at
the wording of each refusal.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from demo_plex.people import OWNER_USERNAME, Person, find_person, with_account

MACHINE_IDENTIFIER = "de30" * 10
OTHER_MACHINE_IDENTIFIER = "0de3" * 10
OTHER_SERVER_NAME = "Cabin"
"""Another server of the owner's: nothing is asked about it but whom it is shared with."""
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
FOREIGN_LIBRARY = "One or more of the libraries do not belong to this server."


@dataclass(frozen=True, slots=True)
class DemoLibrary:
    """A library; plex.tv shares by `id` (nine digits), the server itself says `key`."""

    id: int
    key: int
    type: str
    title: str


LIBRARIES = (
    DemoLibrary(118181361, 1, "movie", "Movies"),
    DemoLibrary(118181362, 2, "show", "TV Shows"),
    DemoLibrary(118181363, 3, "artist", "Music"),
    DemoLibrary(118181364, 4, "movie", "Kids"),
)


@dataclass(frozen=True, slots=True)
class DemoShare:
    """One row of the server's shares; not accepted while `accepted_at` is None.

    `library_ids` is None when every library is shared, also one that is added later. Times
    are seconds since 1970. `invite_listed` turns False when only the friend request of a
    pending share was taken back: plex.tv then leaves the row behind.
    """

    id: int
    person: Person
    library_ids: tuple[int, ...] | None
    invited_at: int
    accepted_at: int | None = None
    invite_listed: bool = True

    @property
    def accepted(self) -> bool:
        """Whether the person has access, rather than an invitation that waits."""
        return self.accepted_at is not None


@dataclass(frozen=True, slots=True)
class AccountShare:
    """A share of one of the owner's servers, as plex.tv lists those of all of them."""

    id: int
    person: Person
    machine_identifier: str
    server_name: str
    libraries: int
    accepted_at: int | None


class Refused(Exception):
    """plex.tv says no with status 400; the message is its sentence."""


class Unknown(Exception):
    """There is no share, friend, invitation or server of that id."""


class World:
    """Everything plex.tv would remember. All methods may be called from many threads."""

    def __init__(
        self, server_name: str, libraries: Sequence[DemoLibrary], people: Iterable[str]
    ) -> None:
        self._first_server_name = server_name
        self._first_libraries = tuple(libraries)
        self._first_people = tuple(people)
        self._lock = threading.RLock()
        self.reset()

    def reset(self) -> None:
        """Back to how it was made."""
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
            self._elsewhere: dict[str, tuple[Person, int | None]] = {}
            self._home: dict[str, Person] = {}

    def shares(self) -> list[DemoShare]:
        """All rows, pending ones too, oldest first."""
        with self._lock:
            return list(self._shares.values())

    def friends(self) -> list[tuple[Person, DemoShare | None]]:
        """Everyone who accepted, each with their share of this server, if any."""
        with self._lock:
            by_key = {share.person.key: share for share in self._shares.values()}
            return [(person, by_key.get(key)) for key, person in self._friends.items()]

    def home(self) -> list[Person]:
        """The members of the owner's Plex Home, the owner left out."""
        with self._lock:
            return list(self._home.values())

    def account_shares(self) -> list[AccountShare]:
        """The rows of all servers of the owner, this one's first."""
        with self._lock:
            here = [
                AccountShare(
                    share.id,
                    share.person,
                    self.machine_identifier,
                    self.server_name,
                    len(self.libraries_of(share)),
                    share.accepted_at,
                )
                for share in self._shares.values()
            ]
            there = [
                AccountShare(
                    9001 + number, person, OTHER_MACHINE_IDENTIFIER, OTHER_SERVER_NAME, 1, at
                )
                for number, (person, at) in enumerate(self._elsewhere.values())
            ]
            return here + there

    def share_elsewhere(self, identity: str, *, accepted: bool) -> None:
        """The owner's other server is shared with somebody."""
        person = find_person(identity)
        if person is None:
            raise ValueError("nobody has that username")
        with self._lock:
            self._elsewhere[person.key] = (person, self._now() if accepted else None)

    def fill_elsewhere(self, people: int) -> None:
        """Have so many friends on the other server alone: `cabin-001` and so on."""
        with self._lock:
            self._elsewhere.clear()
            for number in range(people):
                self.share_elsewhere(f"cabin-{number + 1:03d}", accepted=True)

    def fill_home(self, people: int) -> None:
        """Have so many members of the Plex Home beside the owner: `home-01` and so on."""
        with self._lock:
            members = [_registered(f"home-{number + 1:02d}") for number in range(people)]
            self._home = {person.key: person for person in members}

    def share_of(self, identity: str) -> DemoShare | None:
        """The row of whoever goes by that username or address."""
        try:
            person = find_person(identity)
        except ValueError:
            return None
        with self._lock:
            return self._find(person.key) if person else None

    def libraries_of(self, share: DemoShare) -> list[DemoLibrary]:
        """The libraries that share opens at this moment."""
        ids = share.library_ids
        return [library for library in self.libraries if ids is None or library.id in ids]

    def share(self, invited: str | int, library_ids: Sequence[int]) -> DemoShare:
        """Share with a username, an address, or a known person's user id.

        An empty list shares every library. Raises Refused, and then nothing has changed.
        """
        with self._lock:
            person = self._invitee(invited)
            checked = self._checked(library_ids)
            if self._find(person.key):
                raise Refused(ALREADY_SHARING.format(name=person.name))
            if person.key not in self._friends and len(self._seats()) >= SEAT_LIMIT:
                raise Refused(FULL)
            return self._add(person, checked)

    def replace_libraries(self, share_id: int, library_ids: Sequence[int]) -> DemoShare:
        """Give a share other libraries. Raises Unknown or Refused."""
        with self._lock:
            if share_id not in self._shares:
                raise Unknown
            changed = replace(self._shares[share_id], library_ids=self._checked(library_ids))
            self._shares[share_id] = changed
            return changed

    def end_share(self, share_id: int) -> None:
        """End a share and keep the friendship. Raises Unknown."""
        with self._lock:
            if self._shares.pop(share_id, None) is None:
                raise Unknown

    def end_friendship(self, user_id: int) -> None:
        """End a friendship with all shares. Raises Unknown."""
        with self._lock:
            key = next((k for k, p in self._friends.items() if p.user_id == user_id), None)
            if key is None:
                raise Unknown
            del self._friends[key]
            self._shares = {i: s for i, s in self._shares.items() if s.person.key != key}

    def invites(self) -> list[DemoShare]:
        """The invitations that wait for an answer, oldest first."""
        return [share for share in self.shares() if not share.accepted and share.invite_listed]

    def cancel_invite(self, invite_id: str, *, friend: bool, server: bool) -> None:
        """Take an invitation back. Raises Unknown when there is none.

        `server` takes the row away; `friend` alone takes the friend request and leaves it.
        """
        with self._lock:
            share = self._waiting(invite_id)
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
            person = with_account(share.person)
            self._friends[person.key] = person
            moment = share.accepted_at or self._now()
            accepted = replace(share, person=person, accepted_at=moment)
            self._shares[share.id] = accepted
            return accepted

    def fill_seats(self, people: int) -> None:
        """Make it that many people in all, with friends `seat-001`, `seat-002` and so on.

        People who came by themselves are never removed.
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
        here = self._friends.keys() | {share.person.key for share in self._shares.values()}
        return here | self._elsewhere.keys() | self._home.keys()

    def _add(self, person: Person, library_ids: tuple[int, ...] | None) -> DemoShare:
        invited_at = self._now()
        # A friend need not accept again: the share is open at once.
        accepted_at = self._now() if person.key in self._friends else None
        share = DemoShare(self._next_id, person, library_ids, invited_at, accepted_at)
        self._shares[share.id] = share
        self._next_id += 1
        return share

    def _now(self) -> int:
        self._moment += 1
        return self._moment

    def _find(self, key: str) -> DemoShare | None:
        return next((s for s in self._shares.values() if s.person.key == key), None)

    def _waiting(self, invite_id: str) -> DemoShare:
        wanted = invite_id.casefold()
        for share in self.invites():
            if share.person.invite_id.casefold() == wanted:
                return share
        raise Unknown

    def _checked(self, library_ids: Sequence[int]) -> tuple[int, ...] | None:
        if not set(library_ids) <= {library.id for library in self.libraries}:
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
        known = [*self._friends.values(), *(share.person for share in self._shares.values())]
        return next((person for person in known if person.user_id == user_id), None)


def _registered(identity: str) -> Person:
    person = find_person(identity)
    if person is None or person.user_id is None:
        raise ValueError(f"the demo has no account {identity!r}")
    return person
