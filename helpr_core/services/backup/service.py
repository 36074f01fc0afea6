"""Makes backups and restores them: rows from the database, choices from the state store."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC
from pathlib import Path
from typing import Any, Protocol

from helpr_core.clock import Clock
from helpr_core.errors import BackupUnusable
from helpr_core.services.backup.file import BackupFile, Heading, Line, write
from helpr_core.services.ports import INBOX, SITE, StateStore

KEPT_STATE = (SITE, INBOX)
"""The kinds of state that cannot be made again: the owner's choices, and requests that wait
for the database. Counters, sessions and what is known of Plex come back by themselves."""


class Tables(Protocol):
    """Every table of the record, whatever database it is in. Raises LogUnavailable."""

    def revision(self) -> str:
        """The schema's revision; a larger one is newer."""

    def rows(self) -> Iterator[tuple[str, Mapping[str, Any]]]:
        """Each table's name and rows as JSON has them, all as of one moment."""

    def are_empty(self) -> bool:
        """Whether no table has a row."""

    def replace(self, rows: Iterable[tuple[str, Mapping[str, Any]]]) -> None:
        """Put these rows in the place of all there are, in one transaction.

        A column that a row does not name gets its default. Raises BackupUnusable for a row
        that does not fit; nothing is changed then.
        """


class Sealer(Protocol):
    """Hides text behind a passphrase."""

    def seal(self, text: str, passphrase: str) -> dict[str, Any]:
        """The text, encrypted, with everything but the passphrase that opens it."""

    def unseal(self, sealed: Mapping[str, Any], passphrase: str) -> str:
        """The text again; BackupUnusable for a wrong passphrase."""


class Backup:
    """Call `make` and `restore` while nothing else writes, or accept what changes meanwhile."""

    def __init__(
        self, tables: Tables, state: StateStore, sealer: Sealer, clock: Clock, version: str
    ) -> None:
        self._tables = tables
        self._state = state
        self._sealer = sealer
        self._clock = clock
        self._version = version

    def make(
        self, path: Path, settings: Mapping[str, str] | None = None, passphrase: str = ""
    ) -> dict[str, int]:
        """Write a backup; returns how many lines of each kind it has.

        With settings (secrets among them) a passphrase is needed, else ValueError: they are
        in the file encrypted or not at all.
        """
        if settings and not passphrase:
            raise ValueError("settings go into a backup only with a passphrase")
        made_at = self._clock().astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        heading = Heading(self._version, self._tables.revision(), made_at)
        return write(path, heading, self._lines(settings or {}, passphrase))

    def _lines(self, settings: Mapping[str, str], passphrase: str) -> Iterator[Line]:
        for table, row in self._tables.rows():
            yield {"table": table, "row": row}
        for kind in KEPT_STATE:
            for entry in self._state.list(kind):
                if entry.expires_at is None:  # what expires is not the owner's
                    yield {"state": kind, "key": entry.key, "value": entry.value}
        if settings:
            text = "".join(f"{name}={_quoted(settings[name])}\n" for name in sorted(settings))
            yield {"sealed_settings": self._sealer.seal(text, passphrase)}

    def restore(self, backup: BackupFile, *, replace: bool = False) -> None:
        """Put back what the file has. Raises BackupUnusable, before anything is changed, for a
        newer schema's file, and where there are rows already unless `replace` says so."""
        if backup.heading.schema > self._tables.revision():
            raise BackupUnusable("a newer Helpr made this backup; restore it with that version")
        if not replace and not self._tables.are_empty():
            raise BackupUnusable(
                "this database is in use already; --replace puts the backup in its place"
            )
        self._tables.replace((line["table"], line["row"]) for line in backup.lines("table"))
        for kind in KEPT_STATE:
            for entry in self._state.list(kind):
                if entry.expires_at is None:
                    self._state.delete(kind, entry.key)
        for line in backup.lines("state"):
            if line["state"] in KEPT_STATE:
                self._state.put(line["state"], line["key"], line["value"])


def settings_in(backup: BackupFile, sealer: Sealer, passphrase: str) -> str:
    """Its settings as the text of an env file; BackupUnusable where there are none."""
    for line in backup.lines("sealed_settings"):
        return sealer.unseal(line["sealed_settings"], passphrase)
    raise BackupUnusable("this backup was made without --with-settings")


def _quoted(value: str) -> str:
    """As python-dotenv and Docker Compose read it: single quotes keep everything but themselves."""
    escaped = value.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"
