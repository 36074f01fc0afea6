"""Makes backups and restores them: rows from the database, choices from the state store."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC
from pathlib import Path
from typing import Any, Protocol

from helpr_core.clock import Clock
from helpr_core.errors import BackupUnusable, StateUnavailable
from helpr_core.services.backup.file import BackupFile, Heading, Line, write
from helpr_core.services.ports import INBOX, SITE, StateStore
from helpr_core.services.upkeep import database_due, runs
from helpr_core.texts import Message

KEPT_STATE = (SITE, INBOX)
"""The kinds of state that cannot be recreated: the owner's choices, and requests that wait for the
database. Counters, sessions and what is known about Plex come back by themselves."""
OF_THE_PLACE = frozenset({(SITE, runs.KEY), (SITE, database_due.KEY)})
"""Facts about one installation only: when its housekeeping ran, when its database is due."""

Entry = tuple[str, str, Mapping[str, Any]]
"""Kind, key and value of an entry in the state store."""


class Tables(Protocol):
    """Every table of the database, whichever kind it is. Raises LogUnavailable."""

    def revision(self) -> str:
        """The schema's revision; a larger one is newer."""

    def rows(self) -> Iterator[tuple[str, Mapping[str, Any]]]:
        """Each table's name and its rows as JSON, all as of one moment."""

    def restore(
        self,
        rows: Iterable[tuple[str, Mapping[str, Any]]],
        entries: Iterable[Entry],
        *,
        replace: bool,
    ) -> bool:
        """Replace everything with these rows and entries of the state store, in one transaction,
        one at a time.

        Returns whether the state store is in this database and has received the entries; otherwise
        they are left alone. A column that a row does not name gets its default. Raises
        BackupUnusable, without changing anything, if a row does not fit or, unless `replace`, if
        there are rows already.
        """


class Sealer(Protocol):
    """Encrypts text with a passphrase."""

    def seal(self, text: str, passphrase: str) -> dict[str, Any]:
        """The text, encrypted, with everything but the passphrase that opens it."""

    def unseal(self, sealed: Mapping[str, Any], passphrase: str) -> str:
        """Decrypt the text; BackupUnusable for a wrong passphrase."""


class Backup:
    """A backup can be made while others write; to `restore`, stop the servers."""

    def __init__(
        self,
        tables: Tables,
        state: StateStore,
        sealer: Sealer,
        settle_decisions: Callable[[], None],
        clock: Clock,
        version: str,
    ) -> None:
        self._tables = tables
        self._state = state
        self._sealer = sealer
        self._settle_decisions = settle_decisions
        self._clock = clock
        self._version = version

    def make(
        self, path: Path, settings: Mapping[str, str] | None = None, passphrase: str | None = None
    ) -> dict[str, int]:
        """Write a backup; returns how many lines of each kind it has.

        Settings, which include secrets, require a passphrase, otherwise ValueError: they are in the
        file encrypted or not at all.
        """
        if settings and not passphrase:
            raise ValueError("settings go into a backup only with a passphrase")
        made_at = self._clock().astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        heading = Heading(self._version, self._tables.revision(), made_at)
        return write(path, heading, self._lines(settings or {}, passphrase or ""))

    def _lines(self, settings: Mapping[str, str], passphrase: str) -> Iterator[Line]:
        for table, row in self._tables.rows():
            yield {"table": table, "row": row}
        for kind in KEPT_STATE:
            for entry in self._state.list(kind):
                # Entries that expire are not the owner's decisions.
                if entry.expires_at is None and (kind, entry.key) not in OF_THE_PLACE:
                    yield {"state": kind, "key": entry.key, "value": entry.value}
        if settings:
            text = "".join(f"{name}={_quoted(settings[name])}\n" for name in sorted(settings))
            yield {"sealed_settings": self._sealer.seal(text, passphrase)}

    def restore(self, backup: BackupFile, *, replace: bool = False) -> None:
        """Restore the file's contents. Raises BackupUnusable, before anything is changed, for a
        file with a newer schema, and, unless `replace`, if there are rows already.

        A separate state store is restored after the rows: raises StateUnavailable if that fails,
        and the same restore with `replace` does everything again.
        """
        if backup.heading.schema > self._tables.revision():
            raise BackupUnusable(Message("backup.newer"))
        old = [
            (kind, entry.key)
            for kind in KEPT_STATE
            for entry in self._state.list(kind)
            if entry.expires_at is None
        ]  # read now, so that a silent state store is noticed before anything is changed
        rows = ((line["table"], line["row"]) for line in backup.lines("table"))
        if not self._tables.restore(rows, _entries(backup), replace=replace):
            self._restore_state(backup, old)
        # Before schema 0005 decisions were only in the state store.
        self._settle_decisions()

    def _restore_state(self, backup: BackupFile, old: Iterable[tuple[str, str]]) -> None:
        try:
            for kind, key in old:
                self._state.delete(kind, key)
            for kind, key, value in _entries(backup):
                self._state.put(kind, key, value)
        except StateUnavailable as exc:
            told = Message("backup.choices_not_restored", because=exc.words)
            fix = Message("backup.choices_not_restored_fix")
            raise StateUnavailable(told, fix=fix) from exc


def _entries(backup: BackupFile) -> Iterator[Entry]:
    for line in backup.lines("state"):
        if line["state"] in KEPT_STATE and (line["state"], line["key"]) not in OF_THE_PLACE:
            yield line["state"], line["key"], line["value"]


def settings_in(backup: BackupFile, sealer: Sealer, passphrase: str) -> str:
    """Its settings as the text of an env file; BackupUnusable if there are none."""
    for line in backup.lines("sealed_settings"):
        return sealer.unseal(line["sealed_settings"], passphrase)
    raise BackupUnusable(Message("backup.without_settings"))


def _quoted(value: str) -> str:
    """In the syntax of python-dotenv and Docker Compose: single quotes protect all but
    themselves."""
    escaped = value.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"
