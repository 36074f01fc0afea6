"""`setup` asks, writes the file, runs the check and prints the link, with the demo Plex."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from demo_plex import DemoPlex

ROOT = Path(__file__).resolve().parents[1]
PASSWORD = "not-a-real-password-73"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """As much of a clone as the command needs."""
    shutil.copytree(ROOT / "helpr_core", tmp_path / "helpr_core")
    shutil.copytree(ROOT / "static", tmp_path / "static")
    shutil.copy(ROOT / "local.settings.json.example", tmp_path)
    return tmp_path


def run(folder: Path, plex: DemoPlex, *answers: str) -> subprocess.CompletedProcess[str]:
    environment = {
        "PATH": os.environ["PATH"],
        "PLEX_API_URL": plex.url,
        "DATABASE_PATH": str(folder / "helpr.db"),
        "LANG": "C.UTF-8",
    }
    return subprocess.run(
        [sys.executable, "-m", "helpr_core", "setup"],
        cwd=folder,
        env=environment,
        input="".join(f"{one}\n" for one in answers),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_answers_become_a_file_that_works_and_a_link(folder: Path) -> None:
    with DemoPlex() as plex:
        done = run(
            folder, plex, "wrong-token", plex.token, "1", "9", "1, 2", "", PASSWORD,
            "https://films.example.org/",
        )  # fmt: skip
        machine, url = plex.machine_identifier, plex.url

    assert done.returncode == 0, done.stdout + done.stderr
    path = folder / "local.settings.json"
    values = json.loads(path.read_text("utf-8"))["Values"]
    assert values["PLEX_SERVER_NAME"] == machine
    assert values["PLEX_LIBRARIES"] == "Movies, TV Shows"
    assert (values["ADMIN_USERNAME"], values["HELPR_PUBLIC_URL"]) == (
        "owner",
        "https://films.example.org",
    )
    assert values["HELPR_RATE_STATUS"] == "60/minute"
    assert values["PLEX_API_URL"] == url
    assert len(values["SECRET_KEY"]) >= 32
    assert path.stat().st_mode & 0o777 == 0o600
    assert "  1  Demo Plex" in done.stdout
    assert "  2  TV Shows" in done.stdout
    assert "Type a number from 1 to" in done.stdout
    assert "plex.tv rejects the token\n       Copy the token again" in done.stdout
    assert "ok     server: Demo Plex" in done.stdout
    assert "hand out this link: https://films.example.org/" in done.stdout
    assert "on this computer alone" not in done.stdout
    said = done.stdout + done.stderr
    assert PASSWORD not in said
    assert values["SECRET_KEY"] not in said


def test_the_link_contains_the_invite_code_that_is_required(folder: Path) -> None:
    (folder / "local.settings.json").write_text('{"Values": {"INVITE_CODE": "open sesame"}}')
    with DemoPlex() as plex:
        copied = f"https://films.example.org/library/metadata/1?X-Plex-Token={plex.token}"
        done = run(folder, plex, copied, "1", "1", "", PASSWORD, "")

    assert done.returncode == 0, done.stdout + done.stderr
    assert "http://127.0.0.1:7071/join/open%20sesame" in done.stdout
    assert "on this computer alone" in done.stdout
    assert "HELPR_PUBLIC_URL" in done.stdout


def test_incomplete_answers_write_nothing(folder: Path) -> None:
    with DemoPlex() as plex:
        done = run(folder, plex, plex.token, "1")

    assert done.returncode == 1
    assert "Nothing was written" in done.stderr
    assert not (folder / "local.settings.json").exists()


def test_a_token_that_plex_never_takes_ends_in_words_and_writes_nothing(folder: Path) -> None:
    with DemoPlex() as plex:
        done = run(folder, plex, "wrong", "wrong again", "still wrong")

    assert done.returncode == 1
    assert "Nothing was written. Start `setup` again" in done.stderr
    assert done.stdout.count("Copy the token again") == 3
    assert "PLEX_TOKEN must be letters" in done.stdout
    assert not (folder / "local.settings.json").exists()


def test_an_occupied_port_is_reported_before_an_address_is_printed() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = subprocess.run(
            [sys.executable, "-m", "helpr_core", "serve", "--port", str(port)],
            cwd=ROOT,
            env={"PATH": os.environ["PATH"], "LANG": "C.UTF-8"},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    assert done.returncode == 1
    assert f"Another program listens on port {port}" in done.stderr
    assert "http://" not in done.stdout
