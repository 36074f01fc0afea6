"""Make a daily backup, if the owner named a folder for it."""

from __future__ import annotations

from helpr_core.errors import BackupFailed
from helpr_core.services.backup.folder import BackupFolder
from helpr_core.services.upkeep.apart import Apart
from helpr_core.services.upkeep.turn import Turn
from helpr_core.texts import Message


class MakeBackup:
    """Reading a network share that is gone hangs forever, beyond the reach of any time limit. So a
    backup that takes too long is left behind."""

    def __init__(self, folder: BackupFolder | None) -> None:
        self._folder = folder
        self._begun: Apart[bool] | None = None

    def __call__(self, turn: Turn) -> None:
        """Make today's, unless it exists. Raises BackupFailed."""
        if self._folder is None:
            return
        if self._begun is None or self._begun.is_over:
            self._begun = Apart(self._folder)
        seconds = turn.until - turn.seconds()
        try:
            turn.counts["backups"] += self._begun.result(seconds)
        except TimeoutError as exc:
            told = Message("backup.too_slow.found", count=round(seconds))
            raise BackupFailed(told, Message("backup.too_slow.fix")) from exc
