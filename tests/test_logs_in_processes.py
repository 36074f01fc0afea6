"""Redaction where Helpr really runs: the worker library, gunicorn, the local server.

And the reverse: the reference that a person is shown is found in the log.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import requests

from demo_plex import DemoPlex
from tests.contract.sides import Case
from tests.logged_worker import CANARY
from tests.processes import PROJECT, SECRET_KEY, environment, plex_settings, served
from tests.servers.server_process import free_port, running

INVITE_CODE = "canary-code-0123456789"
FRIEND = "canary-friend@example.com"
JSON = {"content-type": "application/json"}
CODELESS = json.dumps({"email_or_username": FRIEND}).encode()
WELCOME = json.dumps({"email_or_username": FRIEND, "invite_code": INVITE_CODE}).encode()


@dataclass(frozen=True)
class Session:
    """The outcome of some requests: the references people were shown, and the log."""

    references: list[str]
    log: str


def _settings(plex: DemoPlex, folder: Path) -> dict[str, str]:
    return {
        **plex_settings(plex),
        "INVITE_CODE": INVITE_CODE,
        "DATABASE_PATH": str(folder / "helpr.db"),
    }


@pytest.fixture(scope="module", params=["worker library", "gunicorn", "serve"])
def session(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Session]:
    if request.param == "worker library" and sys.version_info < (3, 13):
        pytest.skip("azure-functions-runtime needs Python 3.13")
    folder = tmp_path_factory.mktemp("logs")
    with DemoPlex() as plex:
        settings = _settings(plex, folder)
        if request.param == "worker library":
            yield _on_the_worker_library(settings)
        elif request.param == "gunicorn":
            yield _on_gunicorn(settings, folder / "gunicorn.log")
        else:
            yield _on_serve(settings, folder / "serve.log")


def _on_the_worker_library(settings: dict[str, str]) -> Session:
    calls = [
        Case(f"GET /join/{INVITE_CODE}", "join", route_params={"code": INVITE_CODE}),
        Case(f"GET /api/links/{INVITE_CODE}", "link", route_params={"code": INVITE_CODE}),
        Case("POST /api/invites", "invite", headers=JSON, body=WELCOME),
        Case("POST /api/invites", "invite", headers=JSON, body=CODELESS),
        Case("GET /api/invites/nonsense", "invite_status", route_params={"request_id": "nonsense"}),
    ]
    lines = [json.dumps(call.as_given_to_the_worker()) for call in calls]
    done = subprocess.run(
        [sys.executable, PROJECT / "tests/logged_worker.py", PROJECT],
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(PROJECT), **settings},
        input="\n".join(lines) + "\n",
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    _functions, *answers = (json.loads(line) for line in done.stdout.splitlines())
    assert [answer["status"] for answer in answers] == [200, 200, 201, 403, 404]
    problems = [json.loads(answer["body"]) for answer in answers[3:]]
    return Session([problem["reference"] for problem in problems], done.stderr)


def _on_gunicorn(settings: dict[str, str], log: Path) -> Session:
    port = free_port()
    command = [sys.executable, "-m", "gunicorn", "-w", "1", "--threads", "2"]
    command += ["--config", str(PROJECT / "gunicorn.conf.py")]
    command += ["-b", f"127.0.0.1:{port}", "helpr_core.wsgi:application"]
    with running(command, port=port, log=log, environment=environment(settings)):
        references = _asked(f"http://127.0.0.1:{port}")
        # The server answers this one itself: a version is missing.
        _send(port, f"GET /join/{INVITE_CODE}?code={CANARY}\r\n\r\n")
    assert "refused unread status=400" in log.read_text(), "it said nothing: nothing is tested"
    return Session(references, log.read_text())


def _on_serve(settings: dict[str, str], log: Path) -> Session:
    with served(settings, log) as address:
        references = _asked(address)
        # The server logs the path of every request.
        requests.get(f"{address}/nowhere/{FRIEND}/{CANARY}@example.com", timeout=120)
    assert "GET /nowhere/" in log.read_text(), "the server said nothing: nothing is tested"
    return Session(references, log.read_text())


def _asked(address: str) -> list[str]:
    page = requests.get(f"{address}/join/{INVITE_CODE}?code={CANARY}", timeout=120)
    link = requests.get(f"{address}/api/links/{INVITE_CODE}", timeout=120)
    kept = requests.post(f"{address}/api/invites", data=WELCOME, headers=JSON, timeout=120)
    codeless = requests.post(f"{address}/api/invites", data=CODELESS, headers=JSON, timeout=120)
    missing = requests.get(f"{address}/api/invites/nonsense", timeout=120)
    found = [one.status_code for one in (page, link, kept, codeless, missing)]
    assert found == [200, 200, 201, 403, 404]
    return [codeless.json()["reference"], missing.json()["reference"]]


def _send(port: int, request: str) -> None:
    with socket.create_connection(("127.0.0.1", port), timeout=120) as connection:
        connection.sendall(request.encode())
        connection.recv(4096)


def test_no_secret_and_no_name_of_a_friend_is_in_the_log(session: Session) -> None:
    hidden = ("canary", SECRET_KEY, INVITE_CODE, FRIEND, CANARY)
    found = [line for line in session.log.splitlines() if any(text in line for text in hidden)]
    assert found == []


def test_the_reference_of_every_problem_is_found_in_the_log(session: Session) -> None:
    assert len(set(session.references)) == 2
    for reference, function in zip(session.references, ("invite", "invite_status"), strict=True):
        (line,) = (one for one in session.log.splitlines() if f"reference={reference}" in one)
        assert f"answered function={function} status=4" in line


@pytest.mark.parametrize("session", ["worker library"], indirect=True)
def test_earlier_and_later_handlers_are_both_covered(session: Session) -> None:
    for label in ("early", "late"):
        assert f"{label} ERROR some.library GET /accounts?X-Plex-Token=…" in session.log
    assert "RuntimeError: no route to https://plex.tv/?X-Plex-Token=…" in session.log
