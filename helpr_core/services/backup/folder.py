"""A backup a day in one folder, and no more than so many of them."""

from __future__ import annotations

import logging
import re
from pathlib import Path

from helpr_core.clock import Clock
from helpr_core.errors import BackupFailed
from helpr_core.services.backup.service import Backup

log = logging.getLogger(__name__)

_NAME = re.compile(r"helpr-\d{4}-\d{2}-\d{2}\.jsonl\.gz")


class BackupFolder:
    """Call it as often as you like: it makes one backup per UTC day."""

    def __init__(self, folder: Path, keep: int, backup: Backup, clock: Clock) -> None:
        self._folder = folder
        self._keep = keep
        self._backup = backup
        self._clock = clock

    def __call__(self) -> bool:
        """Make today's backup and delete the oldest ones; whether one was made.

        Raises BackupFailed where the folder cannot be written.
        """
        today = self._folder / f"helpr-{self._clock():%Y-%m-%d}.jsonl.gz"
        try:
            if today.exists():
                return False
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._backup.make(today)
            self._delete_old()
        except FileExistsError:  # another worker made it just now
            return False
        except OSError as exc:
            raise BackupFailed(f"no backup in {self._folder}: {exc.strerror}") from exc
        log.info("backup made file=%s", today.name)
        return True

    def _delete_old(self) -> None:
        """Only files of our own naming; what the owner put beside them stays."""
        ours = sorted(path for path in self._folder.iterdir() if _NAME.fullmatch(path.name))
        for path in ours[: -self._keep]:
            path.unlink(missing_ok=True)
