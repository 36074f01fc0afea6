"""Where a thread may connect to, enforced at the socket.

Code that checks a name first and connects later can be led elsewhere in between: by a name server
that answers differently the second time, or by a redirect. So nothing is checked beforehand. Each
connection made inside `guarded`, by any library, is checked when its IP address is final, and is
not made if that address is refused.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from helpr_core.domain.outbound import Outbound, Refusal
from helpr_core.once import Once

_CONNECTS = frozenset({"socket.connect", "socket.sendto", "socket.sendmsg"})
"""Audit events of Python's sockets (https://docs.python.org/3/library/audit_events.html)."""


class TargetRefused(OSError):
    """The connection was not made; an OSError, which the libraries in between expect."""


@dataclass(slots=True)
class Guard:
    """`refused` is why a connection in the block was not made, if one was refused."""

    outbound: Outbound
    refused: Refusal | None = None

    def check(self, address: object) -> None:
        """Raise TargetRefused for a forbidden address."""
        host = address[0] if isinstance(address, tuple) and address else ""
        # Not an IP address: a socket in the file system, or a name that the C library looks up.
        refusal = self.outbound.refusal(str(host))
        if refusal is not None:
            self.refused = refusal
            raise TargetRefused("this address is not to be reached")


_guard: ContextVar[Guard | None] = ContextVar("guard", default=None)


@contextmanager
def guarded(outbound: Outbound) -> Iterator[Guard]:
    """In the block, this thread connects to nothing that `outbound` refuses."""
    _hook.get()
    guard = Guard(outbound)
    token = _guard.set(guard)
    try:
        yield guard
    finally:
        _guard.reset(token)


def _install() -> bool:
    # An audit hook lasts as long as the process; outside `guarded` it does nothing.
    sys.addaudithook(_look)
    return True


_hook = Once(_install)


def _look(event: str, args: tuple[Any, ...]) -> None:
    if event in _CONNECTS:
        guard = _guard.get()
        if guard is not None:
            guard.check(args[-1])
