"""Workers that are killed: forked from a process that has already imported everything.

Reads an order a line from standard input, as JSON: `environ`, `now` (ISO 8601), `request`
(method, path, JSON body; null for the timer), `die_at`, the number of the point (-1: none), and
`subject`: whose ports have points.
Answers with two lines: the worker's process id, then its points and whether it was killed.

A point is a moment after a call of a port, or before a commit within one, when something has been
written since the last point: being killed anywhere in between looks the same from outside.
"""

from __future__ import annotations

import functools
import importlib
import json
import os
import signal
import sys
from collections.abc import Callable
from datetime import datetime
from http.client import HTTPConnection
from typing import Any

import sqlalchemy as sa
from werkzeug.test import Client

from helpr_core import container
from helpr_core.adapters.plex.media_server import PlexMediaServer
from helpr_core.adapters.plex.people import PlexPeople
from helpr_core.adapters.plex.people_changes import PlexChanges
from helpr_core.adapters.sql.audit_log import SqlAuditLog
from helpr_core.adapters.sql.batches import SqlBatches
from helpr_core.adapters.sql.invite_history import SqlInviteHistory
from helpr_core.adapters.sql.invite_log import SqlInviteLog
from helpr_core.adapters.sql.invite_queue import SqlInviteQueue
from helpr_core.adapters.sql.people import SqlPeople
from helpr_core.adapters.sql.people_operations import SqlOperations
from helpr_core.adapters.state.sql import SqlStateStore
from helpr_core.adapters.state.tables import TablesStateStore
from helpr_core.container.stores import Stores
from helpr_core.local.application import Application
from helpr_core.services.owner.devices import Device
from helpr_core.services.upkeep.steps import queue
from helpr_core.web import housekeeping as web_housekeeping
from helpr_core.web.cookies import REQUESTS
from helpr_core.wsgi import application
from tests.faults.points import BEFORE_COMMIT

REQUESTS_PORTS: tuple[type, ...] = (
    PlexMediaServer,
    SqlAuditLog,
    SqlBatches,
    SqlInviteHistory,
    SqlInviteLog,
    SqlInviteQueue,
    SqlStateStore,
    TablesStateStore,
)
PEOPLE_PORTS: tuple[type, ...] = (PlexChanges, PlexPeople, SqlOperations, SqlPeople)
PORTS = {"requests": REQUESTS_PORTS, "people": PEOPLE_PORTS}
_IMPORTED_LATE = (
    "helpr_core.web.public.shapes",
    "helpr_core.web.requests.handlers",
    "helpr_core.web.batches.handlers",
    "helpr_core.web.people.handlers",
    "helpr_core.container.people",
    "helpr_core.services.requests.batches",
    "helpr_core.services.requests.submit",
    "helpr_core.services.requests.owners",
    "helpr_core.services.requests.lookup",
    "helpr_core.adapters.state.connect",
    "helpr_core.services.rate_limit",
    "psycopg2",
)


_WRITE_NOTHING = {"SELECT", "BEGIN", "COMMIT", "ROLLBACK", "PRAGMA", "SET", "SHOW"}
"""First words of statements; all others write, unless they find no row."""


class Points:
    """Writes each point to `out`, and dies at the one that was ordered."""

    def __init__(self, out: int, die_at: int) -> None:
        self._out = out
        self._die_at = die_at
        self._next = 0
        self._written = False
        self._inside: list[str] = []

    def reached(self, name: str) -> None:
        """Pass the next point."""
        number, self._next = self._next, self._next + 1
        os.write(self._out, f"{name}\n".encode())
        if number == self._die_at:
            os.kill(os.getpid(), signal.SIGKILL)

    def watch(self, port: type) -> None:
        """Make every public method of the port end in a point."""
        for name, method in list(vars(port).items()):
            if callable(method) and not name.startswith("_"):
                setattr(port, name, self._watched(f"{port.__name__}.{name}", method))

    def watch_writes(self) -> None:
        """Notice each statement that writes, and each request that does more than ask."""
        sa.event.listen(sa.Engine, "after_cursor_execute", self._executed)
        sa.event.listen(sa.Engine, "commit", self._before_commit)
        usual = HTTPConnection.putrequest

        def putrequest(connection: HTTPConnection, method: str, *args: Any, **options: Any) -> None:
            self._written = self._written or method not in ("GET", "HEAD")
            usual(connection, method, *args, **options)

        setattr(HTTPConnection, "putrequest", putrequest)  # noqa: B010

    def _executed(self, _connection: object, cursor: Any, statement: str, *_: object) -> None:
        words = statement.upper().split()
        found = cursor.rowcount != 0 or "RETURNING" in words  # SQLite counts those when fetched
        if words[0] not in _WRITE_NOTHING and found:
            self._written = True

    def _before_commit(self, _connection: sa.Connection) -> None:
        if self._written:
            self.reached(f"in {self._inside[-1]}, {BEFORE_COMMIT}")

    def _watched(self, name: str, method: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(method)
        def watched(*args: Any, **kwargs: Any) -> Any:
            self._inside.append(name)
            try:
                return method(*args, **kwargs)
            finally:
                self._inside.pop()
                if self._written:
                    self._written = False
                    self.reached(f"after {name}")

        return watched


def live(order: dict[str, Any], out: int) -> None:
    """Run one worker: one request, or one run of the timer."""
    now = datetime.fromisoformat(order["now"])
    container.install(lambda: container.Container(order["environ"], lambda: now))
    # The scene's time is the database's, too: this process is used only once.
    setattr(Stores, "database_clock", lambda _self: lambda _connection: now)  # noqa: B010
    points = Points(out, order["die_at"])
    for port in PORTS[order["subject"]]:
        points.watch(port)
    points.watch_writes()
    points.reached("at the start")
    act(application, order["request"])


def act(hosted: Application, request: dict[str, Any] | None) -> None:
    """Do what was ordered."""
    if request is None:
        web_housekeeping.run("a-reference")
        return
    parts = container.current()
    # The scene asks from the same browser.
    cookie = f"{REQUESTS}={parts.requests.browsers().remember(Device('0' * 32))}"
    Client(hosted, use_cookies=False).open(
        request["path"],
        method=request["method"],
        json=request["body"],
        headers={"x-functions-key": parts.installation.function_keys()[0], "Cookie": cookie},
        environ_base={"REMOTE_ADDR": "203.0.113.7"},
    )


def fork(order: dict[str, Any]) -> dict[str, Any]:
    """Run one worker in a forked process."""
    read, write = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(read)
        live(order, write)
        os._exit(0)
    os.close(write)
    print(pid, flush=True)  # noqa: T201 - the answer's first line
    with os.fdopen(read) as told:
        points = told.read().splitlines()
    _, status = os.waitpid(pid, 0)
    return {"points": points, "killed": os.WIFSIGNALED(status)}


def main() -> None:
    """Take orders until standard input ends."""
    for name in _IMPORTED_LATE:
        importlib.import_module(name)
    queue._PACE_SECONDS = 0.0
    for line in sys.stdin:
        print(json.dumps(fork(json.loads(line))), flush=True)  # noqa: T201 - the second line


if __name__ == "__main__":
    main()
