"""The owner's data in one file, and back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from helpr_core.container.group import Group
from helpr_core.first_use import importing
from helpr_core.once import kept

if TYPE_CHECKING:
    from helpr_core.services.backup.file import BackupFile
    from helpr_core.services.backup.folder import BackupFolder
    from helpr_core.services.backup.service import Backup


class BackupParts(Group):
    """Held by the container."""

    @kept
    def service(self) -> Backup:
        """The owner's data in one file, and back."""
        parts = self._container
        with importing:
            from helpr_core import __version__
            from helpr_core.adapters.sealing import PassphraseSealer
            from helpr_core.adapters.sql.backup_tables import SqlBackupTables
            from helpr_core.services.backup.service import Backup

        tables = SqlBackupTables(parts.stores.database(), with_state=not parts.stores.has_tables())
        return Backup(
            tables,
            parts.stores.state(),
            PassphraseSealer(),
            parts.stores.settle_decisions,
            self._clock,
            __version__,
        )

    @kept
    def folder(self) -> BackupFolder | None:
        """Where a backup is made every day; None where the owner named no folder."""
        with importing:
            from pathlib import Path

        with importing:
            from helpr_core.services.backup.folder import BackupFolder

        settings = self._container.installation.settings()
        if settings.backup_folder is None:
            return None
        folder = Path(settings.backup_folder)
        return BackupFolder(folder, settings.backups_kept, self.service(), self._clock)

    @staticmethod
    def settings_in(file: BackupFile, passphrase: str) -> str:
        """The settings in a backup, as the text of an env file; needs no settings here."""
        with importing:
            from helpr_core.adapters.sealing import PassphraseSealer
            from helpr_core.services.backup.service import settings_in

        return settings_in(file, PassphraseSealer(), passphrase)
