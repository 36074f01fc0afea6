"""`hash-password`, and the password that other commands ask for."""

from __future__ import annotations

import argparse
import sys

from helpr_core.commands.failed import CommandFailed
from helpr_core.commands.unseen import piped, typed
from helpr_core.texts import text

SHORTEST_PASSWORD = 8
LONGEST_PASSWORD = 1024
"""In characters; the sign-in accepts no longer password."""


def hash_password(options: argparse.Namespace) -> int:
    """Print the value of ADMIN_PASSWORD_HASH for a password; asks for it twice, unseen."""
    print(hashed(piped() if options.stdin else typed_password()))
    return 0


def hashed(password: str) -> str:
    """The password's hash. Raises CommandFailed if it cannot be used, and warns if it is weak."""
    from werkzeug.security import generate_password_hash

    from helpr_core.domain import guessable
    from helpr_core.domain.concerns import PASSWORD_BITS

    if not password:
        raise CommandFailed("password.empty")
    if len(password) < SHORTEST_PASSWORD:
        raise CommandFailed("password.short", count=SHORTEST_PASSWORD)
    if len(password) > LONGEST_PASSWORD:
        raise CommandFailed("password.long", count=LONGEST_PASSWORD)
    if guessable.bits(password) < PASSWORD_BITS or guessable.is_placeholder(password):
        print(f"warn   {text('command.password.guessable')}", file=sys.stderr)
    return generate_password_hash(password)


def typed_password() -> str:
    """A password, typed twice without being shown."""
    first, again = typed(text("command.password.prompt"), text("command.password.again"))
    if first != again:
        raise CommandFailed("password.different")
    return first
