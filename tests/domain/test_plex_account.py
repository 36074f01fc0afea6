"""A friend's account as a person: by a name if it has one that can be used."""

from __future__ import annotations

import pytest

from helpr_core.domain.plex_account import FriendAccount


@pytest.mark.parametrize(
    ("username", "email", "typed"),
    [
        ("mia", "mia@example.org", "mia"),
        ("", "mia@example.org", "mia@example.org"),
        ("mia@home", "mia@example.org", "mia@example.org"),
        ("mi\u2028a", "", "Plex account 900002"),
        ("", "", "Plex account 900002"),
        ("", '"mia b"@example.org', "Plex account 900002"),
    ],
)
def test_every_account_is_a_person(username: str, email: str, typed: str) -> None:
    assert FriendAccount(900002, username, email).identity.typed == typed
