"""The demo's people: a rule instead of a list, so that any name can be tried.

- Every username is registered, except those that begin with "nobody".
- Every address is registered too, except those that begin with "nobody"; an invitation to
  such an address is sent all the same, as Plex does, and waits for somebody to sign up.
- `alice` and `alice@example.com` are one person; at another domain the username holds the
  domain: `alice@example.org` is `alice.example.org`.
- Upper and lower case do not matter.
- The owner is `demo-owner`, `demo-owner@example.com`.
"""

from __future__ import annotations

import re
import zlib
from dataclasses import dataclass, replace

OWNER_USERNAME = "demo-owner"
HOME_DOMAIN = "example.com"
UNREGISTERED_PREFIX = "nobody"

_ADDRESS = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s.]+")
_USERNAME = re.compile(r"[^@\x00-\x1f]{1,255}")


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody Plex can invite; without an account `username` is "" and `user_id` None.

    `key` is equal for the same person, whether the name or the address was typed. A managed user of
    a Plex Home is `restricted`, and has only a `title` as a name.
    """

    key: str
    username: str
    email: str
    user_id: int | None
    title: str = ""
    restricted: bool = False

    @property
    def name(self) -> str:
        """The person's name in Plex's sentences: the username, or the address."""
        return self.title or self.username or self.email

    @property
    def invite_id(self) -> str:
        """The id of an invitation: the user's, or the address of one without an account."""
        return self.email if self.user_id is None else str(self.user_id)


def find_person(identity: str) -> Person | None:
    """The person with that username or address; None for a username that nobody has.

    Raises ValueError for text that can be neither a username nor an address.
    """
    typed = identity.strip()
    unregistered = typed.casefold().startswith(UNREGISTERED_PREFIX)
    if _ADDRESS.fullmatch(typed):
        stranger = Person(key=typed.casefold(), username="", email=typed, user_id=None)
        return stranger if unregistered else with_account(stranger)
    if not _USERNAME.fullmatch(typed):
        raise ValueError("neither a username nor an address")
    if unregistered:
        return None
    email = f"{typed}@{HOME_DOMAIN}"
    return with_account(Person(email.casefold(), username=typed, email=email, user_id=None))


def with_account(person: Person) -> Person:
    """The same person after signing up at Plex."""
    local, _, domain = person.email.partition("@")
    username = local if domain.casefold() == HOME_DOMAIN else f"{local}.{domain}"
    # A checksum, so that a person has the same id in every run and process.
    user_id = 10_000_000 + zlib.crc32(person.key.encode()) % 90_000_000
    return replace(person, username=person.username or username, user_id=user_id)


def managed_user(title: str) -> Person:
    """A user of the owner's Plex Home who has no account: no username and no address."""
    key = f"managed:{title.casefold()}"
    user_id = 10_000_000 + zlib.crc32(key.encode()) % 90_000_000
    return Person(key, username="", email="", user_id=user_id, title=title, restricted=True)
