"""One backup a day in a folder, of which only the newest are kept."""

from __future__ import annotations

import errno
import logging
import re
from datetime import date
from pathlib import Path

from helpr_core.clock import Clock
from helpr_core.errors import BackupFailed
from helpr_core.services.backup.file import UNFINISHED
from helpr_core.services.backup.service import Backup
from helpr_core.texts import Message

log = logging.getLogger(__name__)

_NAME = re.compile(r"helpr-(\d{4}-\d{2}-\d{2})\.jsonl\.gz")
_LEFT_OVER = re.compile(rf"\.{_NAME.pattern}\..+{re.escape(UNFINISHED)}")

_CAUSES = {
    errno.ENOSPC: "no_space",
    errno.EDQUOT: "no_space",
    errno.EACCES: "not_allowed",
    errno.EPERM: "not_allowed",
    errno.EROFS: "read_only",
    errno.EEXIST: "no_folder",
    errno.ENOTDIR: "no_folder",
}


class BackupFolder:
    """Makes one backup per UTC day, however often it is called."""

    def __init__(self, folder: Path, keep: int, backup: Backup, clock: Clock) -> None:
        self._folder = folder
        self._keep = keep
        self._backup = backup
        self._clock = clock

    def __call__(self) -> bool:
        """Make today's backup and delete the oldest ones; whether one was made.

        Raises BackupFailed if the folder cannot be written.
        """
        today = self._folder / f"helpr-{self._clock():%Y-%m-%d}.jsonl.gz"
        try:
            if today.exists():
                return False
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            made = self._make(today)
            self._delete_old(today.name)
        except OSError as exc:
            raise self._failed(exc) from exc
        return made

    def newest(self) -> date | None:
        """The day of the newest backup in it; None if there is none.

        Raises BackupFailed if the folder cannot be read.
        """
        try:
            found = [one[1] for path in self._folder.iterdir() if (one := _named(path))]
        except FileNotFoundError:
            return None
        except OSError as exc:
            raise self._failed(exc) from exc
        # A file from a clock that was ahead does not prove that there is a backup.
        days = [day for day in found if day <= f"{self._clock():%Y-%m-%d}"]
        return date.fromisoformat(max(days)) if days else None

    def _make(self, path: Path) -> bool:
        try:
            self._backup.make(path)
        except FileExistsError:  # another worker made it just now
            return False
        log.info("backup made file=%s", path.name)
        return True

    def _delete_old(self, today: str) -> None:
        """Deletes only files that Helpr named; the owner's own files stay.

        So do files from a clock that was ahead, until their day has come: they replace no other
        backup.
        """
        paths = [path for path in self._folder.iterdir() if path.name <= today and _named(path)]
        for path in sorted(paths)[: -self._keep]:
            path.unlink(missing_ok=True)
        # Left unfinished by a process that was killed.
        for path in self._folder.iterdir():
            if _LEFT_OVER.fullmatch(path.name) and not path.name.startswith(f".{today}"):
                path.unlink(missing_ok=True)

    def _failed(self, error: OSError) -> BackupFailed:
        cause = _CAUSES.get(error.errno or 0, "other")
        named = error.strerror or type(error).__name__
        because = Message(f"backup.{cause}.found", error=named)
        told = Message("backup.failed", because=because)
        return BackupFailed(told, Message(f"backup.{cause}.fix"))


def _named(path: Path) -> re.Match[str] | None:
    return _NAME.fullmatch(path.name)
