"""A worker that is killed on the spot: before or after it calls a method for the first time.

python -m tests.services.dying_worker "after SqlInviteLog.open" send URL STATE_URL
"""

from __future__ import annotations

import os
import signal
import sys
from datetime import datetime
from typing import Any

from helpr_core.adapters.plex.media_server import PlexMediaServer
from helpr_core.adapters.sql.database import connect
from helpr_core.adapters.sql.invite_log import SqlInviteLog
from helpr_core.adapters.sql.invite_queue import SqlInviteQueue
from helpr_core.adapters.state.sql import SqlStateStore
from helpr_core.container import Container
from helpr_core.domain.identity import parse_identity
from helpr_core.domain.invite import Source
from helpr_core.services.housekeeping_runs import Runs
from helpr_core.services.ports import INBOX

CLASSES: dict[str, type] = {
    one.__name__: one
    for one in (PlexMediaServer, SqlInviteLog, SqlInviteQueue, SqlStateStore, Runs)
}


def die_at(point: str) -> None:
    """Put the end of this process around that method; of the state store's, for the inbox."""
    when, _, name = point.partition(" ")
    owner, _, method = name.partition(".")
    original: Any = getattr(CLASSES[owner], method)

    def deadly(self: Any, *args: Any, **kwargs: Any) -> Any:
        meant = owner != "SqlStateStore" or args[0] == INBOX
        if meant and when == "before":
            os.kill(os.getpid(), signal.SIGKILL)
        result = original(self, *args, **kwargs)
        if meant:
            os.kill(os.getpid(), signal.SIGKILL)
        return result

    setattr(CLASSES[owner], method, deadly)


def main(point: str, act: str, url: str, state_url: str) -> None:
    """Act until death."""
    now = datetime.fromisoformat(os.environ["TEST_NOW"])
    names = ("PLEX_TOKEN", "PLEX_API_URL", "PLEX_SERVER_NAME")
    environ = {name: os.environ[name] for name in names} | {
        "PLEX_LIBRARIES": "Movies,TV Shows",
        "SECRET_KEY": "not-a-real-secret-key-0123456789abcdef",
    }
    parts = Container(environ, lambda: now)
    record = connect(url)
    store = SqlStateStore(connect(state_url) if state_url else record, lambda: now)
    parts.database = lambda: record  # type: ignore[method-assign]
    parts.state = lambda: store  # type: ignore[method-assign]
    run = parts.housekeeping()
    send = parts.send_invite()
    die_at(point)
    if act == "send":
        send(parse_identity("alice"), Source.FORM, "c" * 64)
    else:
        run()


if __name__ == "__main__":
    main(*sys.argv[1:])
