"""backup and restore as typed by the owner: from one place to another, with the settings."""

from __future__ import annotations

import sqlite3
import stat
from contextlib import closing
from pathlib import Path

import pytest
from dotenv import dotenv_values

from tests.processes import command

SETTINGS = {
    "PLEX_TOKEN": "not-a-real-token",
    "PLEX_SERVER_NAME": "Mia's server $HOME",
    "PLEX_LIBRARIES": "Movies",
    "SECRET_KEY": "not-a-real-secret-key-0123456789abcdef",
}
PASSPHRASE = b"not a real passphrase\n"


@pytest.fixture
def settings(tmp_path: Path) -> dict[str, str]:
    return SETTINGS | {"DATABASE_PATH": str(tmp_path / "first.db")}


def test_a_backup_moves_to_another_database(settings: dict[str, str], tmp_path: Path) -> None:
    made = command("backup", "helpr.jsonl.gz", settings=settings, cwd=tmp_path)
    assert made.returncode == 0, made.stderr
    assert "Settings and secrets are not in it" in made.stdout
    there = settings | {"DATABASE_PATH": str(tmp_path / "second.db")}
    restored = command("restore", "helpr.jsonl.gz", settings=there, cwd=tmp_path)
    assert restored.returncode == 0, restored.stderr
    assert "Restored" in restored.stdout
    with closing(sqlite3.connect(there["DATABASE_PATH"])) as database:
        told = database.execute("SELECT door, actor, action FROM audit_events").fetchall()
    assert told == [("system", "command line", "backup_restored")]


def test_settings_are_restored_with_a_passphrase_alone(
    settings: dict[str, str], tmp_path: Path
) -> None:
    words = ["backup", "helpr.jsonl.gz", "--with-settings", "--stdin"]
    made = command(*words, settings=settings, cwd=tmp_path, stdin=PASSPHRASE)
    assert made.returncode == 0, made.stderr
    nothing: dict[str, str] = {}
    words = ["restore", "helpr.jsonl.gz", "--settings-to", "helpr.env", "--stdin"]
    restored = command(*words, settings=nothing, cwd=tmp_path, stdin=PASSPHRASE)
    assert restored.returncode == 0, restored.stderr
    file = tmp_path / "helpr.env"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert dotenv_values(file, interpolate=False) == settings
    again = command(*words, settings=nothing, cwd=tmp_path, stdin=PASSPHRASE)
    assert again.returncode == 1, "an env file that is there already is not overwritten"
    for text in (made.stdout, made.stderr, restored.stdout, restored.stderr):
        assert not any(
            value in text for name, value in SETTINGS.items() if name != "PLEX_LIBRARIES"
        )


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (["restore", "absent.jsonl.gz"], "there is no file"),
        (["restore", "other.gz"], "not a Helpr backup"),
        (["restore", "folder"], "is a folder, not a backup"),
        (["backup", "no-folder/helpr.jsonl.gz"], "no-folder; create it first"),
        (["backup", "other.gz/helpr.jsonl.gz"], "other.gz; create it first"),
        (["backup", "other.gz"], "exists already, and nothing is overwritten"),
        (["backup", "folder"], "is a folder; add the name of a file"),
        (["backup", "x" * 300], "name is too long"),
        (["backup", "/proc/helpr.jsonl.gz"], "cannot be written: No such file"),
        (["backup", "new.jsonl.gz", "--with-settings", "--stdin"], "at least 8 characters"),
        (["backup", "new.jsonl.gz", "--with-settings"], "there is no terminal"),
    ],
)
def test_an_impossible_backup_or_restore_prints_one_line(
    words: list[str], reason: str, settings: dict[str, str], tmp_path: Path
) -> None:
    (tmp_path / "other.gz").write_text("something else")
    (tmp_path / "folder").mkdir()
    done = command(*words, settings=settings, cwd=tmp_path, stdin=b"short\n")
    assert done.returncode == 1
    assert done.stderr.startswith("WRONG  ")
    assert reason in done.stderr
    assert done.stderr.count("\n") == 1
    assert "Errno" not in done.stderr
    assert sorted(path.name for path in tmp_path.iterdir() if "gz" in path.name) == ["other.gz"]


@pytest.mark.parametrize(
    ("target", "reason"),
    [
        ("no-folder/helpr.env", "no-folder; create it first"),
        ("folder", "is a folder; add the name of a file"),
        ("made.gz", "exists already, and nothing is overwritten"),
    ],
)
def test_settings_are_not_written_where_they_cannot_be(
    target: str, reason: str, settings: dict[str, str], tmp_path: Path
) -> None:
    (tmp_path / "folder").mkdir()
    make = ["backup", "made.gz", "--with-settings", "--stdin"]
    assert command(*make, settings=settings, cwd=tmp_path, stdin=PASSPHRASE).returncode == 0
    words = ["restore", "made.gz", "--settings-to", target, "--stdin"]
    done = command(*words, settings={}, cwd=tmp_path, stdin=PASSPHRASE)
    assert done.returncode == 1
    assert reason in done.stderr
    assert "Errno" not in done.stderr


def test_a_passphrase_that_is_not_text_is_refused_in_a_sentence(
    settings: dict[str, str], tmp_path: Path
) -> None:
    words = ["backup", "made.gz", "--with-settings", "--stdin"]
    done = command(*words, settings=settings, cwd=tmp_path, stdin=b"\xff\xfe\xfa not text\n")
    assert done.returncode == 1
    assert "is not UTF-8 text" in done.stderr
    assert not (tmp_path / "made.gz").exists()
