"""The servers of the owner's account, and which of them PLEX_SERVER_NAME means."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from helpr_core.domain.titles import title_key
from helpr_core.frozen import dataclass


@dataclass(frozen=True, slots=True)
class OwnedServer:
    """A server of the owner's account; `addresses` are those it announces, local ones first."""

    name: str
    machine_identifier: str
    addresses: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FoundServer:
    """The result of looking up PLEX_SERVER_NAME, `wanted`, among the account's servers, `owned`.

    `server` is None if it matches none of them, or several of which none is known.
    """

    wanted: str
    owned: tuple[OwnedServer, ...]
    server: OwnedServer | None

    @property
    def alike(self) -> tuple[OwnedServer, ...]:
        """The servers with that name."""
        key = title_key(self.wanted)
        return tuple(one for one in self.owned if title_key(one.name) == key)

    @property
    def by_identifier(self) -> bool:
        """Whether the setting is a server's machine identifier, so names do not matter."""
        server = self.server
        return server is not None and _is_identifier(self.wanted, server.machine_identifier)


def find_server(wanted: str, owned: Sequence[OwnedServer], known: str = "") -> FoundServer:
    """Find a server by its name or its machine identifier.

    `known` is the machine identifier of the server that invites have gone to so far: it is kept
    even if it was renamed or another server has the same name.
    """
    distinct = {one.machine_identifier: one for one in owned}
    found = FoundServer(wanted, tuple(distinct.values()), None)
    for candidates in (
        [one for one in found.owned if _is_identifier(wanted, one.machine_identifier)],
        [one for one in found.owned if known and one.machine_identifier == known],
        found.alike,
    ):
        if len(candidates) == 1:
            return replace(found, server=candidates[0])
    return found


def _is_identifier(wanted: str, machine_identifier: str) -> bool:
    return bool(machine_identifier) and wanted.casefold() == machine_identifier.casefold()
