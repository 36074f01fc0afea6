"""What `setup` asks for: token, server, libraries, dashboard, address."""

from __future__ import annotations

import re
import secrets
import sys
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from helpr_core.commands.failed import CommandFailed
from helpr_core.commands.password import hashed, typed_password
from helpr_core.commands.unseen import typed
from helpr_core.domain.library_names import called
from helpr_core.errors import HelprError, SetupRequired
from helpr_core.services.plex.errors import PlexError, PlexUnauthorized
from helpr_core.texts import Message, Words, say, text

if TYPE_CHECKING:
    from helpr_core.container import Container
    from helpr_core.domain.owned_servers import OwnedServer
    from helpr_core.domain.plex import Library

_TRIES = 3


def answers(known: Mapping[str, str]) -> dict[str, str]:
    """Ask for the settings. Raises CommandFailed and PlexError's leaves. `known` are settings that
    exist already."""
    given = {"SECRET_KEY": known.get("SECRET_KEY") or secrets.token_hex(32)}
    server = _ask_server(known, given)
    given["PLEX_SERVER_NAME"] = server.machine_identifier
    given["PLEX_LIBRARIES"] = _ask_libraries(_container(known, given))
    given["ADMIN_USERNAME"] = _ask(text("command.setup.username")) or "owner"
    given["ADMIN_PASSWORD_HASH"] = hashed(_ask_password())
    if known.get("PLEX_API_URL"):  # what has just answered
        given["PLEX_API_URL"] = known["PLEX_API_URL"]
    given["HELPR_PUBLIC_URL"] = _ask(text("command.setup.address")).rstrip("/")
    return given


def link_to_hand_out(public_url: str) -> str:
    """With the invite code, if friends need one and it is known; without an address, on this
    computer."""
    from helpr_core import container
    from helpr_core.web.way import join_path

    address = public_url or "http://127.0.0.1:7071"
    try:
        code = container.current().site.settings().code_to_hand_out()
    except HelprError:
        code = ""
    return address + (join_path(code) if code else "/")


def _ask_password() -> str:
    if sys.stdin.isatty():
        return typed_password()
    return _ask(text("command.password.prompt"))


def _ask_server(known: Mapping[str, str], given: dict[str, str]) -> OwnedServer:
    """Ask for the token, again if Plex does not take it, and for one of the account's servers."""
    for left in reversed(range(_TRIES)):
        given["PLEX_TOKEN"] = _token_in(_ask_unseen(text("command.setup.token")))
        try:
            media = _container(known, given | {"PLEX_SERVER_NAME": "?"}).plex.media()
            print(text("command.setup.account", name=media.fetch_account().name))
            owned = media.find_server().owned
            break
        except (PlexError, SetupRequired) as exc:
            found, to_do = _explained(exc)
            print(f"WRONG  {say(found)}\n       {say(to_do)}")
            if not left:
                raise CommandFailed("setup.gave_up") from exc
    if not owned:
        raise CommandFailed("setup.no_server")
    _list([one.name for one in owned])
    (number,) = _ask_numbers(text("command.setup.servers"), len(owned), most=1)
    return owned[number - 1]


def _token_in(typed: str) -> str:
    """The token, also where the whole address was copied that has it at its end."""
    found = re.search(r"[?&]X-Plex-Token=([^&#\s]+)", typed)
    return found[1] if found else typed


def _explained(error: PlexError | SetupRequired) -> tuple[Words, Words]:
    """What was found, and what to do: there is no dashboard yet to sign in on."""
    from helpr_core.services.upkeep.explain import explain

    found, to_do = explain(error)
    if isinstance(error, PlexUnauthorized | SetupRequired):
        to_do = Message("command.setup.token_again")
    return found, to_do


def _ask_libraries(parts: Container) -> str:
    """Their titles, as in PLEX_LIBRARIES; the ids if two have the same title."""
    libraries = parts.plex.media().fetch_server().libraries
    titles = [one.title for one in libraries]
    # Those of one title are told apart by what they hold.
    _list(
        [
            t if titles.count(t) == 1 else say(called(one, libraries))
            for t, one in zip(titles, libraries, strict=True)
        ]
    )
    numbers = _ask_numbers(text("command.setup.libraries"), len(libraries), most=len(libraries))
    chosen = [libraries[number - 1] for number in numbers]
    return ", ".join(_named(one, titles) for one in chosen)


def _named(library: Library, titles: Sequence[str]) -> str:
    if titles.count(library.title) > 1 or '"' in library.title:
        return str(library.id)
    return f'"{library.title}"' if "," in library.title else library.title


def _container(known: Mapping[str, str], given: Mapping[str, str]) -> Container:
    """A container with the settings known so far; nothing is stored."""
    from helpr_core.container import Container

    return Container({**known, **given})


def _list(names: Sequence[str]) -> None:
    for number, name in enumerate(names, 1):
        print(f"  {number}  {name}")


def _ask_numbers(question: str, last: int, *, most: int) -> list[int]:
    while True:
        typed = [one.strip() for one in _ask(question).split(",") if one.strip()]
        numbers = [int(one) for one in typed if one.isascii() and one.isdigit()]
        are_there = all(1 <= number <= last for number in numbers)
        if numbers and len(numbers) == len(typed) <= most and are_there:
            return list(dict.fromkeys(numbers))
        print(text("command.setup.number", most=last))


def _ask(question: str) -> str:
    try:
        return input(f"{question} ").strip()
    except EOFError:
        raise CommandFailed("setup.ended") from None


def _ask_unseen(question: str) -> str:
    if not sys.stdin.isatty():
        return _ask(question)
    return typed(question)[0].strip()
