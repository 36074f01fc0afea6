"""What a cold start pays for before its first request: imports, and nothing else.

Fresh processes, alternating, and the fastest of each: noise only ever adds. It measures CPU
time, which other work on the machine does not stretch, as a ratio, since machines differ.
`make bench` has the milliseconds.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[1]
RUNS = 5
MOST = 1.35
"""Measures the import of azure.functions, which the worker imports in any case."""

_TIMED = """
import sys, time
started = time.process_time()
__import__(sys.argv[1])
print(time.process_time() - started)
"""
# An audit hook also sees what C code does, and cannot be removed again.
_WATCHED = """
import json, sys
seen = []
BEYOND = ("socket.", "subprocess.", "os.system", "os.exec", "os.fork", "os.posix_spawn",
          "urllib.Request", "ftplib.", "smtplib.", "sqlite3.", "shutil.", "os.mkdir", "os.remove")
def watch(event, arguments):
    if event.startswith(BEYOND):
        seen.append([event, str(arguments)])
    elif event == "open" and isinstance(arguments[1], str) and set(arguments[1]) & set("wax+"):
        if "__pycache__" not in str(arguments[0]):
            seen.append([event, str(arguments)])
sys.addaudithook(watch)
import function_app
function_app.app.get_functions()
during = list(seen)
import socket, tempfile
try:
    socket.create_connection(("127.0.0.1", 9), timeout=0.1)
except OSError:
    pass
tempfile.TemporaryFile("w").close()
print(json.dumps({"during": during, "after": sorted({event for event, _ in seen[len(during):]})}))
"""


def _run(program: str, *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", program, *arguments],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    return done.stdout


@pytest.mark.skipif(
    sys.version_info < (3, 13), reason="a cold start pays for it, and Azure runs Python 3.13"
)
def test_importing_the_app_costs_little_beyond_importing_azure_functions() -> None:
    for name in ("azure.functions", "function_app"):
        _run(_TIMED, name)  # writes the compiled files, and brings everything into memory
    seconds: dict[str, list[float]] = {"azure.functions": [], "function_app": []}
    for _ in range(RUNS):
        for name, taken in seconds.items():
            taken.append(float(_run(_TIMED, name)))
    assert min(seconds["function_app"]) < MOST * min(seconds["azure.functions"]), seconds


def test_importing_and_indexing_the_app_opens_no_socket_and_writes_no_file() -> None:
    body = json.loads(_run(_WATCHED))
    assert body["during"] == []
    # To prove that it would be seen: a connection and a file were opened on purpose.
    assert {"socket.connect", "open"} <= set(body["after"])
