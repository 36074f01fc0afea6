"""The form over HTTP: how many views a second, and what a first visit transfers."""

from __future__ import annotations

import re
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urljoin

from bench.http_client import Connection
from bench.processes import PROJECT, Bench, demo_plex, helpr_environment
from bench.table import NOTHING, Row, middle

_WORKERS = 4
_CONNECTIONS = 8
_MOST_BYTES = 30_000
_MOST_REQUESTS = 4
_STOP_SECONDS = 20

_TAG = re.compile(r"<(?:link|script|img)\b[^>]*>")
_ADDRESS = re.compile(r"(?:href|src)=\"([^\"]+)\"")
_FETCHED_LINK = re.compile(r"rel=\"(?:stylesheet|icon|preload|modulepreload|manifest)\"")
_FURTHER = re.compile(r"(?:@import|url\(|from|import)\s*[\"']?([./][^\"')\s;]+)")


def rows(bench: Bench) -> list[Row]:
    """Both through gunicorn, as one would serve it oneself."""
    with demo_plex() as plex_url, _gunicorn(bench.folder, plex_url) as port:
        requests, size = _first_visit(port)
        _views(port, 1.0)  # every worker is warm before counting starts
        a_second = middle([_views(port, 1.0) for _ in range(bench.times(full=10, smoke=3))])
    return [
        Row(
            f"form pages a second (gunicorn, {_WORKERS} processes, {_CONNECTIONS} clients, SQLite)",
            NOTHING,
            f"{a_second:.0f}",
            NOTHING,
            None,
        ),
        Row(
            "first visit of the form, headers included",
            NOTHING,
            f"{size / 1000:.1f} kB in {requests} requests",
            f"≤ {_MOST_BYTES // 1000} kB in ≤ {_MOST_REQUESTS}",
            size <= _MOST_BYTES and requests <= _MOST_REQUESTS,
        ),
    ]


@contextmanager
def _gunicorn(folder: Path, plex_url: str) -> Iterator[int]:
    """Runs gunicorn; returns its port. Its log, one line per request, goes to a file in the
    folder."""
    # The socket listens before gunicorn starts: requests wait, and nothing has to be polled.
    with (
        (folder / "gunicorn.log").open("wb") as log,
        socket.create_server(("127.0.0.1", 0), backlog=64) as listening,
    ):
        command = [sys.executable, "-m", "gunicorn", "--log-level", "error", "-w", str(_WORKERS)]
        command += ["--threads", "4", "--keep-alive", "60", "--bind", f"fd://{listening.fileno()}"]
        process = subprocess.Popen(
            [*command, "helpr_core.wsgi:application"],
            cwd=PROJECT,
            env=helpr_environment(plex_url, folder),
            stderr=log,
            pass_fds=[listening.fileno()],
        )
        try:
            yield listening.getsockname()[1]
        finally:
            process.terminate()
            process.wait(_STOP_SECONDS)


def _views(port: int, seconds: float) -> float:
    """Form views a second, over kept connections."""
    ends_at = time.perf_counter() + seconds
    counts: list[int] = []

    def view() -> None:
        count = 0
        with Connection(port) as connection:
            while time.perf_counter() < ends_at:
                if connection.get("/").status != 200:
                    return
                count += 1
        counts.append(count)

    threads = [threading.Thread(target=view) for _ in range(_CONNECTIONS)]
    started = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if len(counts) < _CONNECTIONS:
        raise RuntimeError("a form view failed")
    return sum(counts) / (time.perf_counter() - started)


def _first_visit(port: int) -> tuple[int, int]:
    """How many requests and bytes a browser with an empty cache needs for the form."""
    size, wanted, seen = 0, ["/"], set[str]()
    with Connection(port) as connection:
        while wanted:
            path = wanted.pop()
            if path in seen:
                continue
            seen.add(path)
            answer = connection.get(path)
            if answer.status != 200:
                raise RuntimeError(f"{path} answers {answer.status}")
            size += answer.transferred_bytes
            wanted += [urljoin(path, found) for found in _fetched_by(answer.text())]
    return len(seen), size


def _fetched_by(text: str) -> list[str]:
    """The addresses that a browser fetches for this page, style or script."""
    if not text.lstrip().startswith("<!"):
        return _FURTHER.findall(text)
    found = []
    for tag in _TAG.findall(text):
        if not tag.startswith("<link") or _FETCHED_LINK.search(tag):
            found += _ADDRESS.findall(tag)
    return found
