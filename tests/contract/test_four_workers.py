"""Both doors under gunicorn with four workers: whichever of them answers, it is one site."""

from __future__ import annotations

import csv
import io
import re
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from werkzeug.security import generate_password_hash

from demo_plex import DemoPlex
from helpr_core.container import Container
from helpr_core.services.site.settings import FRESH
from tests.servers.server_process import free_port, running
from tests.web.site_under_test import settings_for

ROOT = Path(__file__).resolve().parents[2]
OWNER = {"username": "owner", "password": "not-a-real-password"}
WORKERS = 4
ASKED = 12
"""Requests of one kind: with four workers that share them, surely more than one answers."""


class Site:
    """The running app; each request uses its own connection."""

    def __init__(self, address: str, key: str, log: Path) -> None:
        self.address = address
        self.key = {"x-functions-key": key}
        self.log = log
        self.cookie: dict[str, str] = {}

    def ask(self, method: str, path: str, **request: Any) -> requests.Response:
        return requests.request(method, f"{self.address}{path}", timeout=120, **request)

    def through_key(self, method: str, path: str, **request: Any) -> requests.Response:
        return self.ask(method, f"/api/manage/{path}", headers=self.key, **request)

    def through_session(self, method: str, path: str, **request: Any) -> requests.Response:
        return self.ask(method, f"/dashboard/{path}", headers=self.cookie, **request)

    def sign_in(self) -> None:
        answer = self.ask("POST", "/dashboard/session", json=OWNER)
        assert answer.status_code == 200, answer.text
        cookie = answer.headers["Set-Cookie"].partition(";")[0]
        self.cookie = {"Cookie": cookie, "X-CSRF-Token": answer.json()["csrf_token"]}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("gunicorn")
    port = free_port()
    with DemoPlex() as plex:
        settings = settings_for(plex, folder / "helpr.db") | {
            "ADMIN_USERNAME": OWNER["username"],
            "ADMIN_PASSWORD_HASH": generate_password_hash(OWNER["password"], "scrypt:1024:8:1"),
            "PYTHONPATH": str(ROOT),
        }
        command = [sys.executable, "-m", "gunicorn", "-w", str(WORKERS), "--threads", "4"]
        command += ["-b", f"127.0.0.1:{port}", "--log-level", "info", "helpr_core.wsgi:application"]
        log = folder / "gunicorn.log"
        with running(command, port=port, log=log, environment=settings):
            found = Site(
                f"http://127.0.0.1:{port}", Container(settings).installation.function_keys()[0], log
            )
            found.sign_in()
            yield found


def _everywhere(ask: Callable[[], requests.Response]) -> set[int]:
    return {ask().status_code for _ in range(ASKED)}


def test_four_workers_are_running(site: Site) -> None:
    assert len(re.findall(r"Booting worker with pid", site.log.read_text())) == WORKERS


def test_both_doors_open_at_every_worker(site: Site) -> None:
    assert _everywhere(lambda: site.through_key("GET", "overview")) == {200}
    assert _everywhere(lambda: site.through_session("GET", "api/overview")) == {200}
    assert _everywhere(lambda: site.through_session("GET", "session")) == {200}


def test_both_doors_are_closed_at_every_worker_without_key_or_session(site: Site) -> None:
    assert _everywhere(lambda: site.ask("GET", "/api/manage/overview")) == {401}
    assert _everywhere(lambda: site.ask("GET", "/dashboard/api/overview")) == {401}
    without_token = {"Cookie": site.cookie["Cookie"]}
    assert _everywhere(
        lambda: site.ask("PUT", "/dashboard/api/libraries", headers=without_token)
    ) == {403}


def test_a_failed_request_is_found_with_its_reason_through_both_doors(site: Site) -> None:
    site.ask("POST", "/api/invites", json={"email_or_username": "nobody1"})
    for ask, prefix in ((site.through_key, ""), (site.through_session, "api/")):
        (found,) = ask("GET", f"{prefix}invites?status=failed").json()["invites"]
        story = ask("GET", f"{prefix}invites/{found['request_id']}").json()
        assert "ask the friend" in story["error_message"]
        assert story["actions"] == ["retry"]


def test_any_worker_streams_the_export(site: Site) -> None:
    for _ in range(4):
        answer = site.through_session("GET", "api/invites.csv")
        assert answer.headers["Transfer-Encoding"] == "chunked"
        rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
        assert "nobody1" in [row["email_or_username"] for row in rows]


def test_a_pause_reaches_every_worker_within_a_minute(site: Site) -> None:
    for number in range(ASKED):  # every worker has read the settings
        site.ask("GET", "/api/site", params={"n": number})
    before = site.through_session("GET", "api/settings")
    headers = site.cookie | {"If-Match": before.headers["ETag"]}
    saved = site.ask("PATCH", "/dashboard/api/settings", headers=headers, json={"paused": True})
    assert saved.status_code == 200, saved.text
    time.sleep(FRESH.total_seconds() + 1)
    paused = {site.ask("GET", "/api/site").json()["paused"] for _ in range(ASKED)}
    assert paused == {True}, "a worker still takes requests"
    refused = site.ask("POST", "/api/invites", json={"email_or_username": "friend"})
    assert (refused.status_code, refused.json()["code"]) == (403, "invites_paused")


def test_signing_out_ends_the_session_at_every_worker(site: Site) -> None:
    assert site.through_session("DELETE", "session").status_code == 204
    assert _everywhere(lambda: site.through_session("GET", "session")) == {401}
    assert _everywhere(lambda: site.through_session("GET", "api/overview")) == {401}
