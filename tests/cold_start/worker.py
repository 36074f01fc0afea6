"""A cold worker and its first requests: `python -m tests.cold_start.worker wsgi|library`.

Reads one JSON line, a list of calls (each as the host or the worker is given it; null is the
timer's), makes all of them at once from as many threads, and writes one JSON line:
{"statuses", "unlocked"}. `unlocked` are the modules that a thread imported without the lock of
first use. Nothing that Helpr imports at first use is imported here.
"""

from __future__ import annotations

import asyncio
import io
import json
import os
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote

PROJECT = Path(__file__).resolve().parents[2]
Call = dict[str, Any] | None


class Watch:
    """Runs before Python's finders and notes which modules are imported without the lock."""

    def __init__(self, is_locked: Callable[[], bool]) -> None:
        self._is_locked = is_locked
        self.unlocked: set[str] = set()

    def find_spec(self, name: str, *_where: object) -> None:
        """Find nothing, so that the next finder is asked."""
        # A codec is a single module: it can never be half imported.
        if not self._is_locked() and not name.startswith("encodings."):
            self.unlocked.add(name)


@contextmanager
def watched() -> Iterator[Watch]:
    """Record the imports while the block runs."""
    lock: Any = import_module("helpr_core.first_use").importing
    watch = Watch(lock.is_mine)
    finders: list[Any] = sys.meta_path
    finders.insert(0, watch)
    try:
        yield watch
    finally:
        finders.remove(watch)


def on_wsgi(calls: list[Call]) -> tuple[list[int], Watch]:
    """Our own server: the WSGI application as gunicorn's threads call it."""
    application = import_module("helpr_core.wsgi").application
    web = import_module("helpr_core.web")
    statuses = [0] * len(calls)
    together = threading.Barrier(len(calls))

    def make(place: int, call: Call) -> None:
        told: list[str] = []
        together.wait()
        if call is None:
            web.housekeeping.run("a-reference")
            told.append("200 OK")
        else:
            b"".join(application(_environ(call), lambda status, _headers: told.append(status)))
        statuses[place] = int(told[0][:3])

    with watched() as watch:
        threads = [threading.Thread(target=make, args=one) for one in enumerate(calls)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    return statuses, watch


def _environ(call: dict[str, Any]) -> dict[str, Any]:
    body = call["body"].encode("latin-1")
    headers = {
        f"HTTP_{name.upper().replace('-', '_')}": text for name, text in call["headers"].items()
    }
    return {
        "REQUEST_METHOD": call["method"],
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote(call["target"]),
        "RAW_URI": quote(call["target"], safe="/%?=&"),
        "QUERY_STRING": "",
        "REMOTE_ADDR": "203.0.113.7",
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "7071",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "HTTP_HOST": "127.0.0.1:7071",
        "CONTENT_TYPE": call["headers"].get("content-type", ""),
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(body),
        "wsgi.errors": sys.stderr,
        "wsgi.version": (1, 0),
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
        **headers,
    }


def on_the_worker_library(calls: list[Call]) -> tuple[list[int], Watch]:
    """Microsoft's library: its loop takes the calls, and its threads run the functions."""
    return asyncio.run(_on_the_worker_library(calls))


async def _on_the_worker_library(calls: list[Call]) -> tuple[list[int], Watch]:
    library = import_module("tests.contract.worker_library")
    functions = await library.start(str(PROJECT))
    requests = [call for call in calls if call is not None]
    with watched() as watch:
        answers = await asyncio.gather(
            *(library.invoke(functions[call["function"]], call) for call in requests)
        )
    return [answer["status"] for answer in answers], watch


def main() -> None:
    out = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what an app prints must not end up in the answer
    half = {"wsgi": on_wsgi, "library": on_the_worker_library}[sys.argv[1]]
    statuses, watch = half(json.loads(sys.stdin.readline()))
    out.write(json.dumps({"statuses": statuses, "unlocked": sorted(watch.unlocked)}) + "\n")
    out.flush()


if __name__ == "__main__":
    main()
