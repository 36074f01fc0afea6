"""Where `serve` listens: checked before an address is printed."""

from __future__ import annotations

import argparse
import errno
import socket

from helpr_core.commands.failed import CommandFailed
from helpr_core.texts import text


def require_free(host: str, port: int) -> None:
    """Raise CommandFailed if nothing can listen there: a printed address must be ours."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as tried:
        # As the server itself does: a server that has just ended is not in the way.
        tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            tried.bind((host, port))
        except OSError as exc:
            if exc.errno == errno.EADDRINUSE:
                raise CommandFailed("serve.port_taken", port=str(port)) from None
            if exc.errno == errno.EACCES:
                raise CommandFailed("serve.port_not_allowed", port=str(port)) from None
            raise CommandFailed("serve.no_host", host=host) from None


def port(typed: str) -> int:
    """A port as typed. Raises what argparse tells as a usage error."""
    number = int(typed)
    if not 0 < number < 65536:
        raise argparse.ArgumentTypeError(text("command.serve.not_a_port"))
    return number
