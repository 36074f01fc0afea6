"""Measured work in a fresh process: `python -m bench.child COMMAND NUMBER`; prints JSON.

    invites NUMBER    the first invite (`cold`, with all imports), then NUMBER more (`warm`)
    own-time NUMBER   invites; for each, the time not spent waiting for Plex
    statements NUMBER warm invites, without and with a link; statements of the last of each
    untold NUMBER     warm invites without a notice channel: statements and own time of each
    told NUMBER       the same with a channel notified of each; how many notices were created
    prepare 0         create the database's schema and remove the daily cap
    memory NUMBER     resident bytes after that many invites and form views

Times are in seconds. The worker's settings come from the environment.
"""

from __future__ import annotations

import http.client
import json
import os
import resource
import sys
import threading
import time
from importlib import import_module
from pathlib import Path
from typing import Any

from bench.demo_control import count_calls, forget_calls
from bench.worker import Worker, friends

_WARM_UP = 20
_MAIN = threading.current_thread().name


def invites(number: int) -> dict[str, Any]:
    """A cold worker's first invite, then warm ones; calls are counted at Plex."""
    plex_url = os.environ["PLEX_API_URL"]
    forget_calls(plex_url)
    started = time.perf_counter()
    worker = Worker()
    imported = time.perf_counter() - started
    first = worker.invite(f"cold-{os.getpid()}")
    cold_calls = count_calls(plex_url)
    forget_calls(plex_url)
    warm = [worker.invite(f"warm-{os.getpid()}-{count}") for count in range(number)]
    told = {"cold": imported + first, "cold_calls": cold_calls, "warm": warm}
    told["warm_calls"] = count_calls(plex_url)
    key = import_module("helpr_core.container").function_keys()[0]
    worker.load_dashboard(key)  # the seats are read from plex.tv every ten minutes
    forget_calls(plex_url)
    worker.load_dashboard(key)
    return {**told, "dashboard_calls": count_calls(plex_url)}


def own_time(number: int) -> dict[str, Any]:
    """Everything between request and answer, except the wait for Plex's answer."""
    worker = Worker()
    waits = _time_the_answers()
    own = []
    for name in friends(_WARM_UP + number):
        waits.clear()
        seconds = worker.invite(name)
        own.append(seconds - sum(waits))
    return {"own": own[_WARM_UP:]}


def statements(number: int) -> dict[str, Any]:
    """Statements on the tables of requests and links; other tables belong to the state store."""
    sent: list[str] = []
    worker = Worker()
    made = import_module("helpr_core.container").current().links().book().make({}, _owner())
    counted = {"plain": 0, "by_link": 0}
    event = import_module("sqlalchemy").event
    engine = import_module("sqlalchemy").Engine
    event.listen(engine, "before_cursor_execute", lambda *told: sent.append(told[2]))
    for name in friends(number):
        for kind, code in (("plain", ""), ("by_link", made.link.code)):
            sent.clear()
            worker.invite(f"{kind}-{name}", code)
            counted[kind] = sum("invite_requests" in one or "links" in one for one in sent)
    return counted


def untold(number: int) -> dict[str, Any]:
    """What the answering thread does, in the quickest and the median invite."""
    worker = Worker()
    import_module("helpr_core.web.telling").turn_on()
    sent, waits = _statements_by_thread(), _time_the_answers()
    counted, own = [], []
    for name in friends(_WARM_UP + number):
        sent.clear()
        waits.clear()
        seconds = worker.invite(name)
        own.append(seconds - sum(waits))
        counted.append(sent.count(_MAIN))
    return {"statements": min(counted[_WARM_UP:]), "own": own[_WARM_UP:]}


def told(number: int) -> dict[str, Any]:
    """Nothing is sent: notices of invites wait for a minute, and this is over before that."""
    Worker()  # its imports come first
    notices = import_module("helpr_core.container").current().notices()
    kinds = import_module("helpr_core.domain.notices").NoticeKind
    webhook = import_module("helpr_core.domain.channels").ChannelKind.WEBHOOK
    notices.channels().add(webhook, "http://127.0.0.1:9/", {"events": (kinds.SENT,)})
    measured = untold(number)
    notices.tell(
        lambda: True, from_housekeeping=False
    )  # what the background thread has not processed yet
    return {**measured, "notices": sum(notices.outbox().counts().values()) - _WARM_UP}


def _statements_by_thread() -> list[str]:
    """The list that collects each statement's thread."""
    threads: list[str] = []
    engine = import_module("sqlalchemy").Engine
    import_module("sqlalchemy").event.listen(
        engine,
        "before_cursor_execute",
        lambda *_: threads.append(threading.current_thread().name),
    )
    return threads


def _owner() -> Any:
    return import_module("helpr_core.domain.audit").COMMAND_LINE


def memory(number: int) -> dict[str, Any]:
    """The memory of a worker that has done all kinds of work many times."""
    worker = Worker()
    for name in friends(number):
        worker.invite(name)
        worker.view_form()
    return {"resident_bytes": _resident_bytes()}


def _time_the_answers() -> list[float]:
    """The list that collects the waits for answers to this process's HTTP calls.

    From the moment the call is written to the moment the answer's head is read: writing and reading
    themselves, except for TLS, are the process's own time.
    """
    waits: list[float] = []
    real = http.client.HTTPConnection.getresponse

    def timed(connection: http.client.HTTPConnection) -> http.client.HTTPResponse:
        started = time.perf_counter()
        try:
            return real(connection)
        finally:
            waits.append(time.perf_counter() - started)

    http.client.HTTPConnection.getresponse = timed  # type: ignore[assignment, method-assign]
    return waits


def _resident_bytes() -> int:
    status = Path("/proc/self/status")
    if status.exists():
        for line in status.read_text().splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) * 1024
    # Elsewhere its maximum so far: in kilobytes, on macOS in bytes.
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


def prepare(_number: int) -> dict[str, Any]:
    """Create the database's schema, remove the cap on requests, and close the database.

    Requests that the default cap would count are then counted for the hourly ceiling.
    """
    parts = import_module("helpr_core.container").current()
    stored = parts.site.settings()
    stored.save({"daily_cap": 0}, stored.saved().version, "bench")
    parts.stores.invite_log().ping()  # any use upgrades the schema
    parts.stores.database().dispose()
    return {}


_COMMANDS = {
    "invites": invites,
    "prepare": prepare,
    "own-time": own_time,
    "memory": memory,
    "statements": statements,
    "untold": untold,
    "told": told,
}

if __name__ == "__main__":
    print(json.dumps(_COMMANDS[sys.argv[1]](int(sys.argv[2]))))
