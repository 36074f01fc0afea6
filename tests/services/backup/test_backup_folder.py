"""Housekeeping makes a backup a day and keeps so many."""

from __future__ import annotations

from pathlib import Path

from helpr_core.services.backup.file import BackupFile
from helpr_core.services.backup.folder import BackupFolder
from tests.services.worker import Worker


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def folder_of(worker: Worker, folder: Path, keep: int = 3) -> BackupFolder:
    return BackupFolder(folder, keep, worker.parts.backup(), worker.clock)


def test_there_is_one_for_each_day_and_the_oldest_go(worker: Worker, tmp_path: Path) -> None:
    folder = tmp_path / "backups"
    make = folder_of(worker, folder)
    for _ in range(5):
        assert make()
        assert not make()
        worker.clock.forward(days=1)
    assert names(folder) == [f"helpr-2026-01-0{day}.jsonl.gz" for day in (4, 5, 6)]
    assert BackupFile(folder / "helpr-2026-01-06.jsonl.gz").heading.version


def test_files_of_the_owner_beside_them_stay(worker: Worker, tmp_path: Path) -> None:
    (tmp_path / "before-the-move.jsonl.gz").touch()
    (tmp_path / "helpr-notes.txt").touch()
    make = folder_of(worker, tmp_path, keep=1)
    for _ in range(3):
        make()
        worker.clock.forward(days=1)
    assert {"before-the-move.jsonl.gz", "helpr-notes.txt"} <= set(names(tmp_path))
    assert sum(name.startswith("helpr-2026") for name in names(tmp_path)) == 1


def test_housekeeping_makes_it_and_says_when_it_cannot(worker: Worker, tmp_path: Path) -> None:
    assert "backups" not in worker.housekeeping()[0], "no folder, no backup"
    folder = folder_of(worker, tmp_path / "backups")
    worker.parts.backup_folder = lambda: folder  # type: ignore[method-assign]
    assert worker.housekeeping() == ({"backups": 1}, {})
    assert worker.housekeeping() == ({}, {})

    in_the_way = tmp_path / "a-file"
    in_the_way.touch()
    broken = folder_of(worker, in_the_way / "backups")
    worker.parts.backup_folder = lambda: broken  # type: ignore[method-assign]
    assert worker.housekeeping() == ({}, {"backup": "backup_failed"})
