"""Many simultaneous sign-ins: how much memory a worker uses, and that it still answers others."""

from __future__ import annotations

import re
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import pytest
import requests
from werkzeug.security import generate_password_hash

from demo_plex import DemoPlex
from tests.processes import HELPR, environment
from tests.servers.server_process import free_port, running
from tests.web.site_under_test import settings_for

HASH_MB = 32
PASSWORD = "not-a-real-password"
AT_ONCE = 60


def server_on(port: int) -> int:
    """The id of the process that serves on that port."""
    wanted = "\0".join([*HELPR, "serve", "--port", str(port), ""]).encode()
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        with suppress(OSError):  # it has just ended
            if path.read_bytes() == wanted:
                return int(path.parent.name)
    raise AssertionError("no such process")


def peak_mb(pid: int) -> float:
    """The most memory that the process has used so far."""
    status = Path(f"/proc/{pid}/status").read_text("ascii")
    found = re.search(r"^VmHWM:\s+(\d+) kB$", status, re.MULTILINE)
    assert found
    return int(found[1]) / 1024


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="measured as Linux tells it")
def test_a_burst_of_sign_ins_computes_two_hashes_at_once_and_the_site_still_answers(
    tmp_path: Path,
) -> None:
    with DemoPlex() as plex:
        settings = settings_for(plex, tmp_path / "helpr.db") | {
            "ADMIN_USERNAME": "owner",
            "ADMIN_PASSWORD_HASH": generate_password_hash(PASSWORD, "scrypt:32768:8:1"),
            "HELPR_TRUSTED_PROXY_HOPS": "1",
        }
        port = free_port()
        with running(
            [*HELPR, "serve", "--port", str(port)],
            port=port,
            log=tmp_path / "log",
            environment=environment(settings),
        ):
            address = f"http://127.0.0.1:{port}"

            def sign_in(number: int, password: str = "wrong", cookie: str = "") -> int:
                headers = {"X-Forwarded-For": f"203.0.113.{number}", "Cookie": cookie}
                fields = {"username": "owner", "password": password}
                answer = requests.post(
                    f"{address}/dashboard/session", json=fields, headers=headers, timeout=60
                )
                assert answer.status_code != 429 or int(answer.headers["Retry-After"]) >= 1
                return answer.status_code

            first = requests.post(
                f"{address}/dashboard/session",
                json={"username": "owner", "password": PASSWORD},
                headers={"X-Forwarded-For": "198.51.100.1"},
                timeout=60,
            )
            (device,) = (
                one.partition(";")[0]
                for one in first.raw.headers.getlist("Set-Cookie")
                if one.startswith("helpr_device=")
            )
            pid = server_on(port)
            before = peak_mb(pid)
            with ThreadPoolExecutor(AT_ONCE + 1) as pool:
                burst = [pool.submit(sign_in, number) for number in range(AT_ONCE)]
                time.sleep(0.05)
                assert requests.get(f"{address}/healthz", timeout=60).status_code == 200
                owner = pool.submit(sign_in, 1, PASSWORD, device)
                answered = Counter(one.result() for one in burst)
            assert set(answered) == {401, 429}
            assert owner.result() == 200
            # A thread for each attempt takes some; 60 hashes at once would take 1,900.
            assert peak_mb(pid) - before < 2 * HASH_MB
