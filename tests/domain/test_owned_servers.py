"""Which of the account's servers the setting means."""

from __future__ import annotations

import pytest

from helpr_core.domain.checks import Severity
from helpr_core.domain.owned_servers import OwnedServer, find_server
from helpr_core.services.upkeep.plex_checks import server_check
from helpr_core.texts import say

HOME = OwnedServer("Home Cinema", "a" * 40)
TWIN = OwnedServer("home  cinema", "b" * 40)
RENAMED = OwnedServer("Attic", "a" * 40)
CABIN = OwnedServer("Cabin", "c" * 40)


@pytest.mark.parametrize(
    ("wanted", "owned", "known", "found", "severity"),
    [
        ("Home Cinema", (HOME, CABIN), "", HOME, Severity.OK),
        (" HOME\u00a0cinema ", (CABIN, HOME), "", HOME, Severity.OK),
        ("Home Cinema", (HOME, HOME), "", HOME, Severity.OK),
        ("a" * 40, (HOME, TWIN), "", HOME, Severity.OK),
        ("B" * 40, (HOME, TWIN), "", TWIN, Severity.OK),
        ("Home Cinema", (HOME, TWIN), "", None, Severity.ERROR),
        ("Home Cinema", (HOME, TWIN), "b" * 40, TWIN, Severity.WARNING),
        ("Home Cinema", (CABIN,), "", None, Severity.ERROR),
        ("Home Cinema", (), "a" * 40, None, Severity.ERROR),
        ("Old name", (HOME, CABIN), "a" * 40, HOME, Severity.WARNING),
        ("Home Cinema", (RENAMED, TWIN), "a" * 40, RENAMED, Severity.WARNING),
    ],
)
def test_a_server_is_found_by_name_by_identifier_or_by_being_known(
    wanted: str,
    owned: tuple[OwnedServer, ...],
    known: str,
    found: OwnedServer | None,
    severity: Severity,
) -> None:
    result = find_server(wanted, owned, known)
    assert result.server == found
    check = server_check(result)
    assert check.severity is severity
    assert check.ok is not bool(say(check.fix))


def test_the_check_lists_the_servers_when_the_name_is_wrong() -> None:
    check = server_check(find_server("Hom Cinema", (HOME, CABIN)))
    assert "“Home Cinema” (aaaa" in say(check.detail)
    assert "“Cabin” (cccc" in say(check.detail)
    assert "machine identifier" in say(check.fix)


def test_two_servers_with_one_name_are_distinguished_by_their_identifiers() -> None:
    check = server_check(find_server("Home Cinema", (HOME, TWIN)))
    assert "2 servers" in say(check.detail)
    assert "a" * 40 in say(check.detail)
    assert "b" * 40 in say(check.detail)
    assert "machine identifier" in say(check.fix)
    assert "owns no server" not in say(check.fix)


def test_a_name_that_moved_to_another_server_is_reported() -> None:
    check = server_check(find_server("Home Cinema", (RENAMED, TWIN), "a" * 40))
    assert "another server" in say(check.detail)
    assert "“Attic”" in say(check.detail)
    assert "b" * 40 in say(check.detail)
