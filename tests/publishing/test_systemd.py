"""docs/helpr.service: checked by systemd itself, with its command run as written."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import requests

from demo_plex import DemoPlex
from tests.processes import environment, plex_settings
from tests.publishing.package import PROJECT
from tests.servers.server_process import free_port, running

UNIT = (PROJECT / "docs/helpr.service").read_text("utf-8")
INSTALLED = "/opt/helpr"
BIN = Path(sys.executable).parent
MOST_EXPOSED = 2.0
"""Out of 10: systemd's own measure, which calls everything under 3 OK."""

needs_systemd = pytest.mark.skipif(
    shutil.which("systemd-analyze") is None,
    reason="needs systemd-analyze (apt-get install systemd)",
)


@pytest.fixture
def unit(tmp_path: Path) -> Path:
    """The unit as if Helpr were installed in a folder of this test."""
    programs = tmp_path / "helpr/.venv/bin"
    programs.mkdir(parents=True)
    (programs / "gunicorn").symlink_to(BIN / "gunicorn")
    path = tmp_path / "helpr.service"
    path.write_text(UNIT.replace(INSTALLED, str(tmp_path / "helpr")))
    return path


def value(name: str) -> str:
    (found,) = re.findall(rf"^{name}=(.*)$", UNIT, re.MULTILINE)
    return str(found)


@needs_systemd
def test_systemd_finds_nothing_wrong_with_it(unit: Path) -> None:
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", unit],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert [line for line in done.stderr.splitlines() if "helpr" in line] == []
    assert done.returncode == 0, done.stderr


@needs_systemd
def test_systemd_rates_its_confinement_as_good(unit: Path) -> None:
    done = subprocess.run(
        ["systemd-analyze", "security", "--offline=true", "--no-pager", unit],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    exposed = re.search(r"exposure level for helpr.service: ([\d.]+)", done.stdout)
    assert exposed is not None, done.stderr
    assert float(exposed[1]) < MOST_EXPOSED


def test_its_command_serves_helpr(tmp_path: Path) -> None:
    port = free_port()
    words = shlex.split(value("ExecStart").replace("127.0.0.1:7071", f"127.0.0.1:{port}"))
    assert words[0] == f"{INSTALLED}/.venv/bin/gunicorn"
    set_there = dict(pair.split("=", 1) for pair in shlex.split(value("Environment")))
    folder = value("StateDirectory")
    for name in ("DATABASE_PATH", "HELPR_BACKUP_FOLDER"):
        assert set_there[name].startswith(f"/var/lib/{folder}/")
    with DemoPlex() as plex:
        settings = {
            **plex_settings(plex),
            **{name: text.replace("/var/lib", str(tmp_path)) for name, text in set_there.items()},
        }
        (tmp_path / folder).mkdir()
        command = [str(BIN / "gunicorn"), "--chdir", str(PROJECT), *words[1:]]
        log = tmp_path / "log"
        with running(command, port=port, log=log, environment=environment(settings)):
            answer = requests.post(
                f"http://127.0.0.1:{port}/api/invites",
                json={"email_or_username": "a-friend"},
                timeout=120,
            )
    assert answer.status_code == 201, log.read_text()
    assert (tmp_path / folder / "helpr.db").exists()
