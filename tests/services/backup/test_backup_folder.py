"""Housekeeping makes a daily backup and keeps the newest ones."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from helpr_core.domain.checks import Severity
from helpr_core.errors import BackupFailed
from helpr_core.services.backup.file import BackupFile
from helpr_core.services.backup.folder import BackupFolder
from helpr_core.texts import say
from tests.services.worker import Worker


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def folder_of(worker: Worker, folder: Path, keep: int = 3) -> BackupFolder:
    return BackupFolder(folder, keep, worker.parts.backup.service(), worker.clock)


def back_up_to(worker: Worker, folder: BackupFolder) -> None:
    """From now on housekeeping and the overview use that folder."""
    worker.parts.backup.folder = lambda: folder  # type: ignore[method-assign]
    for name in ("housekeeping", "background"):
        worker.parts.upkeep.parts.pop(name, None)


def test_one_is_kept_per_day_and_the_oldest_are_deleted(worker: Worker, tmp_path: Path) -> None:
    folder = tmp_path / "backups"
    make = folder_of(worker, folder)
    for _ in range(5):
        assert make()
        assert not make()
        worker.clock.forward(days=1)
    assert names(folder) == [f"helpr-2026-01-0{day}.jsonl.gz" for day in (4, 5, 6)]
    assert BackupFile(folder / "helpr-2026-01-06.jsonl.gz").heading.version


def test_the_owners_other_files_in_the_folder_stay(worker: Worker, tmp_path: Path) -> None:
    (tmp_path / "before-the-move.jsonl.gz").touch()
    (tmp_path / "helpr-notes.txt").touch()
    make = folder_of(worker, tmp_path, keep=1)
    for _ in range(3):
        make()
        worker.clock.forward(days=1)
    assert {"before-the-move.jsonl.gz", "helpr-notes.txt"} <= set(names(tmp_path))
    assert sum(name.startswith("helpr-2026") for name in names(tmp_path)) == 1


def test_housekeeping_makes_it_and_reports_when_it_cannot(worker: Worker, tmp_path: Path) -> None:
    assert "backups" not in worker.housekeeping()[0], "no folder, no backup"
    folder = folder_of(worker, tmp_path / "backups")
    back_up_to(worker, folder)
    assert worker.housekeeping() == ({"backups": 1}, {})
    assert worker.housekeeping() == ({}, {})

    in_the_way = tmp_path / "a-file"
    in_the_way.touch()
    broken = folder_of(worker, in_the_way / "backups")
    back_up_to(worker, broken)
    assert worker.housekeeping() == ({}, {"backup": "backup_failed"})


@pytest.mark.parametrize(
    ("number", "found", "fix"),
    [
        (errno.ENOSPC, "the disk is full", "HELPR_BACKUPS_KEPT"),
        (errno.EDQUOT, "the disk is full", "HELPR_BACKUPS_KEPT"),
        (errno.EACCES, "Helpr may not write there", "PUID"),
        (errno.EROFS, "it is read-only", "Mount it"),
        (errno.EIO, "Input/output error", "HELPR_BACKUP_FOLDER"),
    ],
)
def test_the_owner_reads_why_there_is_none_and_what_to_do(
    number: int,
    found: str,
    fix: str,
    worker: Worker,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    folder = folder_of(worker, tmp_path / "backups")
    back_up_to(worker, folder)

    def refuse(*_: object) -> None:
        raise OSError(number, os.strerror(number))

    with monkeypatch.context() as patched:
        patched.setattr("os.fsync", refuse)
        worker.housekeeping()
    check = worker.parts.upkeep.background().looks["backup"]()
    assert check.severity is Severity.WARNING
    assert found in say(check.detail)
    assert fix in say(check.fix)
    assert worker.parts.upkeep.background().looks["housekeeping"]().ok, (
        "said once, where it belongs"
    )
    assert names(tmp_path / "backups") == [], "no half of it stays"

    worker.clock.forward(minutes=5)
    worker.housekeeping()
    assert (
        say(worker.parts.upkeep.background().looks["backup"]().detail)
        == "the newest is from 2 Jan 2026"
    )


def test_a_file_in_place_of_the_folder_is_reported(worker: Worker, tmp_path: Path) -> None:
    (tmp_path / "backups").touch()
    folder = folder_of(worker, tmp_path / "backups")
    with pytest.raises(BackupFailed, match="it is not a folder"):
        folder()
    with pytest.raises(BackupFailed, match="it is not a folder"):
        folder.newest()


def test_outdated_backups_are_reported(worker: Worker, tmp_path: Path) -> None:
    assert worker.parts.upkeep.background().looks["backup"]().ok, (
        "no folder, and nothing to look at"
    )
    folder = folder_of(worker, tmp_path)
    back_up_to(worker, folder)
    assert "none yet" in say(worker.parts.upkeep.background().looks["backup"]().detail)
    folder()
    worker.clock.forward(days=2)
    assert worker.parts.upkeep.background().looks["backup"]().ok
    worker.clock.forward(days=1)
    assert worker.parts.upkeep.background().looks["backup"]().severity is Severity.WARNING


def test_a_backup_whose_worker_was_killed_is_followed_by_another(
    worker: Worker, tmp_path: Path
) -> None:
    folder = tmp_path / "backups"
    folder.mkdir()
    left = folder / ".helpr-2026-01-02.jsonl.gz.x1.unfinished"
    left.touch()
    make = folder_of(worker, folder)
    assert make()
    assert left.exists(), "it may be another worker's, who is at it"
    worker.clock.forward(days=1)
    assert make()
    assert names(folder) == [f"helpr-2026-01-0{day}.jsonl.gz" for day in (2, 3)]


def test_backups_dated_in_the_future_do_not_push_out_others(worker: Worker, tmp_path: Path) -> None:
    ahead = [f"helpr-2031-01-0{day}.jsonl.gz" for day in (1, 2, 3)]
    folder = tmp_path / "backups"
    folder.mkdir()
    for name in ahead:
        (folder / name).touch()
    make = folder_of(worker, folder, keep=2)
    assert make.newest() is None
    for _ in range(3):
        assert make()
        assert not make()
        worker.clock.forward(days=1)
    assert names(folder) == [f"helpr-2026-01-0{day}.jsonl.gz" for day in (3, 4)] + ahead
