"""The smoke test itself: it passes on a healthy Helpr, and on nothing else."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from demo_plex import DemoPlex
from helpr_core.commands.smoke import NAMES
from tests.processes import PROJECT, plex_settings, served
from tests.servers.server_process import free_port


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("smoke")
    with DemoPlex() as plex:
        settings = {
            **plex_settings(plex),
            "DATABASE_PATH": str(folder / "helpr.db"),
        }
        with served(settings, folder / "serve.log") as url:
            yield url
        assert [call.method for call in plex.calls if call.method != "GET"] == []


def _smoke(*arguments: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "helpr_core", "smoke", "--patience", "0", *arguments],
        cwd=PROJECT,
        input=stdin,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def test_a_healthy_helpr_passes(address: str) -> None:
    done = _smoke(address)
    assert (done.returncode, done.stderr) == (0, "")
    assert "functions were called and are there" in done.stdout


def test_the_functions_listed_by_azure_are_compared_with_the_code(address: str) -> None:
    names = sorted(NAMES)
    assert len(names) > 20
    listed = "\n".join(f"func-helpr-abc/{name}" for name in names)
    assert _smoke(address, "--functions", "-", stdin=f"{listed}\n").returncode == 0
    fewer = "\n".join(f"func-helpr-abc/{name}" for name in names if name != "invite")
    done = _smoke(address, "--functions", "-", stdin=f"{fewer}\nfunc-helpr-abc/of_the_past\n")
    assert done.returncode == 1
    assert done.stdout.splitlines() == [
        "WRONG  invite: Azure does not list it",
        "WRONG  of_the_past: Azure lists it, this clone does not have it",
    ]


def test_an_empty_list_of_functions_is_noticed(address: str) -> None:
    done = _smoke(address, "--functions", "-", stdin="\n")
    assert done.returncode == 1
    assert len(done.stdout.splitlines()) == len(NAMES)


def test_missing_settings_are_noticed(tmp_path: Path) -> None:
    with served({"PLEX_TOKEN": "x" * 20}, tmp_path / "serve.log") as url:
        done = _smoke(url)
    assert done.returncode == 1
    assert "form: GET / answers 503" in done.stdout
    assert "setup_required" in done.stdout


def test_an_absent_server_is_noticed() -> None:
    done = _smoke(f"http://127.0.0.1:{free_port()}")
    assert done.returncode == 1
    assert "does not answer" in done.stdout
    assert "Traceback" not in done.stderr


class _Wrong(BaseHTTPRequestHandler):
    """Healthy, but otherwise wrong: /api is open, and nothing else exists."""

    def do_GET(self) -> None:
        status = 200 if self.path.startswith(("/healthz", "/api/")) else 404
        body = b'{"status":"ok"}' if status == 200 else b""
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_POST = do_PUT = do_PATCH = do_DELETE = do_GET

    def log_message(self, format: str, *args: object) -> None:
        """Log nothing."""


def test_missing_or_open_functions_are_noticed() -> None:
    with ThreadingHTTPServer(("127.0.0.1", 0), _Wrong) as server:
        thread = Thread(target=server.serve_forever, daemon=True)
        thread.start()
        done = _smoke(f"http://127.0.0.1:{server.server_port}")
        server.shutdown()
        thread.join()
    assert done.returncode == 1
    assert "WRONG  form: not there (GET / is an empty 404)" in done.stdout
    assert "WRONG  manage_overview: open without a key (GET /api/manage/overview" in done.stdout
