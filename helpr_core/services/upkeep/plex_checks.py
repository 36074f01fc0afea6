"""What the owner is told about the server, its libraries and its seats, each as a check."""

from __future__ import annotations

from collections.abc import Iterable

from helpr_core.domain.advice import advise
from helpr_core.domain.checks import Check, Severity
from helpr_core.domain.library_names import listed
from helpr_core.domain.owned_servers import FoundServer, OwnedServer
from helpr_core.domain.plex import Server
from helpr_core.errors import PlexServersAlike, PlexServerUnknown
from helpr_core.services.plex.libraries import NONE_CHOSEN, Sharing
from helpr_core.services.plex.seats import SeatCount
from helpr_core.texts import Message, Words

SEATS_RUNNING_OUT = 5


def server_check(found: FoundServer) -> Check:
    """Whether PLEX_SERVER_NAME names one server of the account, and which one it is."""
    wanted, server, alike = found.wanted, found.server, found.alike
    if server is None and not alike:
        detail = f"no server of this account is called “{wanted}”; it owns {_named(found.owned)}"
        return Check("server", Severity.ERROR, detail, advise(PlexServerUnknown.code))
    if server is None:
        detail = f"{len(alike)} servers of this account are called “{wanted}”: {_named(alike)}"
        return Check("server", Severity.ERROR, detail, advise(PlexServersAlike.code))
    if found.by_identifier or alike == (server,):
        return Check("server", Severity.OK, Message("check.server.ok", name=server.name))
    identifier = server.machine_identifier
    if alike and server not in alike:
        return Check(
            "server",
            Severity.WARNING,
            f"“{wanted}” is the name of another server now: {_named(alike)}. Invites go to "
            f"“{server.name}” ({identifier}), which is known from before",
            "Put the machine identifier of the one you mean into PLEX_SERVER_NAME.",
        )
    if alike:
        return Check(
            "server",
            Severity.WARNING,
            f"{len(alike)} servers of this account are called “{wanted}”: {_named(alike)}. "
            f"Invites go to {identifier}, which is known from before",
            "Put the machine identifier of the one you mean into PLEX_SERVER_NAME.",
        )
    return Check(
        "server",
        Severity.WARNING,
        f"“{wanted}” is called “{server.name}” at Plex now. Invites go on, because its machine "
        "identifier is known from before",
        f"Put the new name into PLEX_SERVER_NAME, or its machine identifier, {identifier}.",
    )


def unknown_server(error: PlexServerUnknown) -> tuple[Words, Words]:
    """What was found, and what to do, where plex.tv was asked for the server in vain."""
    if error.owned is None:
        return error.reason or "plex.tv does not know the server", advise(error.code)
    names = ", ".join(f"“{one}”" for one in error.owned) or "none"
    if isinstance(error, PlexServersAlike):
        return f"several servers of this account have that name: {names}", advise(error.code)
    return f"no server of this account has that name; it owns {names}", advise(error.code)


def libraries_check(sharing: Sharing, server: Server) -> Check:
    """What is shared, and whether that is all that was meant to be."""
    has = f"The server has: {listed(server.libraries)}."
    if not (sharing.libraries or sharing.problems):
        return Check("libraries", Severity.ERROR, f"PLEX_LIBRARIES {NONE_CHOSEN.message}", has)
    shared = f"{len(sharing.libraries)} of {len(server.libraries)} shared"
    if sharing.libraries:
        shared = f"{shared}: {listed(sharing.libraries)}"
    if not sharing.told:
        return Check("libraries", Severity.OK, shared)
    severity = Severity.WARNING if sharing.libraries else Severity.ERROR
    fixes = [notice.fix for notice in sharing.notices]
    if sharing.problems and sharing.by_setting:
        fixes = [f"Correct PLEX_LIBRARIES, or choose the libraries on the dashboard. {has}"]
    elif sharing.problems:
        fixes = [f"Choose the libraries on the dashboard again. {has}"]
    return Check("libraries", severity, ". ".join((shared, *sharing.told)), " ".join(fixes))


def seats_check(count: SeatCount) -> Check:
    """Whether somebody can still be invited."""
    detail = Message(
        "check.seats",
        used=count.used,
        pending=count.pending,
        left=count.left,
        limit=count.limit,
    )
    if count.left > SEATS_RUNNING_OUT:
        return Check("seats", Severity.OK, detail)
    severity = Severity.WARNING if count.left else Severity.ERROR
    return Check("seats", severity, detail, advise("server_full"))


def _named(servers: Iterable[OwnedServer]) -> str:
    named = ", ".join(f"“{one.name}” ({one.machine_identifier})" for one in servers)
    return named or "none"
