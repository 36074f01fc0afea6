"""The transport: latency, keep-alive, stopping, and the demo as a process."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import requests

from demo_plex import DEMO_TOKEN, DemoPlex
from tests.demo_plex.client import PlexClient
from tests.waiting import never_too_early, soon

ROOT = Path(__file__).resolve().parents[2]


def test_calls_on_one_connection_never_wait_for_a_delayed_acknowledgement(
    client: PlexClient,
) -> None:
    """That wait is 40 ms, each time; the call itself takes a few."""
    with soon(100 * 0.040 / 2):
        for _ in range(100):
            client.get("/api/v2/user")


def test_latency_is_added_to_every_plex_call_and_no_control_call() -> None:
    with DemoPlex(latency_seconds=0.5) as plex, PlexClient(plex) as client:
        with never_too_early(0.5):
            client.get("/api/users/")
        with soon(0.5):
            client.get("/_demo/calls")


def test_calls_are_served_in_parallel() -> None:
    with DemoPlex(latency_seconds=0.2) as plex:

        def ask(number: int) -> int:
            with PlexClient(plex) as client:
                return client.share(f"friend-{number}").status_code

        with soon(32 * 0.2 / 2), ThreadPoolExecutor(32) as pool:
            statuses = list(pool.map(ask, range(32)))
        assert statuses == [200] * 32
        assert len({share.id for share in plex.shares}) == 32


def test_a_stopped_demo_closes_kept_connections_too(plex: DemoPlex, client: PlexClient) -> None:
    assert client.get("/api/users/").status_code == 200
    plex.stop()
    with pytest.raises(requests.ConnectionError):
        client.get("/api/users/")


def test_it_restarts_on_the_same_port_with_its_state(plex: DemoPlex, client: PlexClient) -> None:
    client.share("bob")
    url = plex.url
    plex.stop()
    plex.start()
    assert plex.url == url
    assert client.share("bob").status_code == 400


def test_starting_twice_is_refused(plex: DemoPlex) -> None:
    with pytest.raises(RuntimeError):
        plex.start()


def test_there_is_no_url_before_the_start() -> None:
    with pytest.raises(RuntimeError):
        _ = DemoPlex().url


def test_a_chunked_body_is_refused(client: PlexClient) -> None:
    def pieces() -> Iterator[bytes]:
        yield b"{}"

    assert client.ask("POST", client.shares_path, data=pieces()).status_code == 411


def test_as_a_process_it_prints_its_url_and_ends_on_sigterm() -> None:
    command = [sys.executable, "-m", "demo_plex", "--port", "0"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            url = process.stdout.readline().strip()
            answer = requests.get(
                f"{url}/api/users/", headers={"X-Plex-Token": DEMO_TOKEN}, timeout=10
            )
            assert answer.status_code == 200
        finally:
            process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 0
        assert "nothing is really sent" in process.stdout.read()
