"""The checks of the server, its libraries and its seats."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from helpr_core.domain.advice import advise
from helpr_core.domain.checks import SIGN_IN_TO_PLEX, Check, Severity
from helpr_core.domain.library_choice import Sharing
from helpr_core.domain.library_names import listed
from helpr_core.domain.owned_servers import FoundServer, OwnedServer
from helpr_core.domain.plex import Server
from helpr_core.domain.token_source import TokenSource
from helpr_core.services.plex.errors import PlexServersAlike, PlexServerUnknown
from helpr_core.services.plex.libraries import NONE_CHOSEN, meant
from helpr_core.services.plex.seats import SeatCount
from helpr_core.texts import Message, Value, Words, clauses, quoted, sentences

SEATS_RUNNING_OUT = 5
_UNKNOWN = PlexServerUnknown.code


def token_refused(source: TokenSource) -> Check:
    """Plex refuses the token: what helps depends on where it comes from."""
    action = SIGN_IN_TO_PLEX if source is TokenSource.SIGN_IN else ""
    found, fix = Message("check.token.refused"), Message(f"check.token.fix_{source}")
    return Check("token", Severity.ERROR, found, fix, action=action)


def server_check(found: FoundServer) -> Check:
    """Whether PLEX_SERVER_NAME names one server of the account, and which one it is."""
    wanted, server, alike = found.wanted, found.server, found.alike
    if server is None and not alike:
        return Check("server", Severity.ERROR, *_none_called(wanted, found.owned))
    called: dict[str, Value] = {"count": len(alike), "wanted": wanted, "servers": _named(alike)}
    if server is None:
        detail = Message("check.server.several_called", **called)
        return Check("server", Severity.ERROR, detail, advise(PlexServersAlike.code))
    if found.by_identifier or alike == (server,):
        return Check("server", Severity.OK, _owned(server, found))
    known: dict[str, Value] = {"name": server.name, "id": server.machine_identifier}
    if not alike:
        detail = Message("check.server.renamed", wanted=wanted, name=server.name)
        fix = Message("check.server.renamed_fix", id=server.machine_identifier)
        return Check("server", Severity.WARNING, detail, fix)
    which = "one_of_several" if server in alike else "name_taken"
    detail = Message(f"check.server.{which}", **called, **known)
    return Check("server", Severity.WARNING, detail, Message("check.server.name_one"))


def _owned(server: OwnedServer, found: FoundServer) -> Message:
    """The server, and what else the account owns: of two similar names one may be wrong."""
    others = () if found.by_identifier else quoted(o.name for o in found.owned if o != server)
    if not others:
        return Message("check.server.ok", name=server.name)
    return Message("check.server.ok_of_several", name=server.name, others=others)


def unknown_server(error: PlexServerUnknown) -> tuple[Words, Words]:
    """What was found, and what to do, if plex.tv did not find the server."""
    if error.owned is None:
        return error.reason or Message("check.server.unknown"), advise(error.code)
    listed = [OwnedServer(name, identifier) for identifier, name in error.owned.items()]
    if not isinstance(error, PlexServersAlike):
        return _none_called(error.wanted, listed)
    called: dict[str, Value] = {"count": len(listed), "wanted": error.wanted}
    detail = Message("check.server.several_called", servers=_named(listed), **called)
    return detail, advise(error.code)


def _none_called(wanted: str, owned: Sequence[OwnedServer]) -> tuple[Words, Words]:
    """What was found, and what to do; `owned` are the account's servers."""
    detail = Message("check.server.none_called", wanted=wanted, servers=_named(owned))
    near = meant(wanted, (one.name for one in owned))
    return detail, sentences(near, advise(_UNKNOWN))


def libraries_check(sharing: Sharing, server: Server) -> Check:
    """What is shared, and whether that is everything that should be."""
    there = server.libraries
    has = Message("check.libraries.has", libraries=listed(there, there))
    if not (sharing.libraries or sharing.problems):
        detail = Message("check.libraries.none", found=NONE_CHOSEN.message)
        return Check("libraries", Severity.ERROR, detail, has)
    numbers: dict[str, Value] = {"shared": len(sharing.libraries), "total": len(there)}
    shared = Message("check.libraries.none_shared", **numbers)
    named = listed(sharing.libraries, there)
    if sharing.libraries:
        shared = Message("check.libraries.shared", **numbers, libraries=named)
    if not sharing.messages:
        rest = listed((one for one in there if one not in sharing.libraries), there)
        if rest:
            shared = Message("check.libraries.shared_of", **numbers, libraries=named, rest=rest)
        return Check("libraries", Severity.OK, shared)
    severity = Severity.WARNING if sharing.libraries else Severity.ERROR
    fixes = [notice.fix for notice in sharing.notices]
    if sharing.problems:
        mend = "correct_setting" if sharing.by_setting else "choose_again"
        fixes = [Message(f"check.libraries.{mend}"), has]
    return Check("libraries", severity, clauses(shared, *sharing.messages), sentences(*fixes))


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


def _named(servers: Iterable[OwnedServer]) -> tuple[Message, ...]:
    named = (
        Message("check.server.with_id", name=one.name, id=one.machine_identifier) for one in servers
    )
    return tuple(named) or (Message("join.none"),)
