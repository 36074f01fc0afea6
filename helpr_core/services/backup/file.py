"""The backup file: JSON lines in gzip, a heading first and the counts last.

    {"helpr_backup": 1, "version": "0.1.0", "schema": "0002", "made_at": "2026-11-26T14:00:00Z"}
    {"table": "invite_requests", "row": {"id": 1, ...}}
    {"state": "site", "key": "libraries", "value": {...}}
    {"sealed_settings": {...}}
    {"end": {"invite_requests": 1, "site": 1}}

A file without its last line was cut off. `zcat` shows all of it but the sealed settings.
"""

from __future__ import annotations

import gzip
import json
import os
import tempfile
import zlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from helpr_core.errors import BackupUnusable
from helpr_core.frozen import dataclass
from helpr_core.texts import Message

FORMAT = 1
Line = Mapping[str, Any]

UNFINISHED = ".unfinished"
"""The suffix of a file that is being written, or was left by a process killed while writing."""

_LONGEST_LINE = 1024 * 1024
"""In bytes. Helpr's lines are far shorter; a longer one is not ours and is not read into memory."""


@dataclass(frozen=True, slots=True)
class Heading:
    """Which version made the file, when (RFC 3339, UTC), and its schema's revision."""

    version: str
    schema: str
    made_at: str


def write(path: Path, heading: Heading, lines: Iterable[Line]) -> dict[str, int]:
    """Write the file, readable by its owner only; returns the number of lines of each kind.

    The file appears complete or not at all. Raises FileExistsError if the name is taken, and other
    OSErrors, such as for a full disk.
    """
    if path.exists():
        raise FileExistsError(f"{path} exists already")
    # A unique name each time: in a container the next process has the same id as the last.
    descriptor, name = tempfile.mkstemp(UNFINISHED, f".{path.name}.", path.parent)  # mode 0600
    unfinished = Path(name)
    counts: Counter[str] = Counter()
    try:
        with os.fdopen(descriptor, "wb") as raw:
            with gzip.open(raw, "wt", encoding="utf-8") as out:
                first = {"helpr_backup": FORMAT, "version": heading.version}
                out.write(_line(first | {"schema": heading.schema, "made_at": heading.made_at}))
                for line in lines:
                    counts[_kind(line)] += 1
                    out.write(_line(line))
                out.write(_line({"end": dict(counts)}))
            raw.flush()
            os.fsync(
                raw.fileno()
            )  # otherwise its name might survive a power cut without its content
        _put_in_place(unfinished, path)
    finally:
        with suppress(FileNotFoundError):
            unfinished.unlink()
    return dict(counts)


def _put_in_place(unfinished: Path, path: Path) -> None:
    try:
        os.link(unfinished, path)  # unlike a rename, it replaces nothing
    except FileExistsError:
        raise
    except OSError:  # a network share without hard links
        unfinished.rename(path)


class BackupFile:
    """A backup on disk. Creating the object reads the whole file: one that is cut off or damaged
    raises BackupUnusable before anything is restored from it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        lines = self._read()
        self.heading = _heading(next(lines, {}))
        counts: Counter[str] = Counter()
        ended = False
        for line in lines:
            if "end" in line:
                ended = line["end"] == dict(counts)
            else:
                counts[_kind(line)] += 1
        if not ended:
            raise BackupUnusable(Message("backup.damaged", file=path.name))
        self.counts: Mapping[str, int] = counts

    def lines(self, kind: str) -> Iterator[Line]:
        """The lines that have this key: `table`, `state` or `sealed_settings`."""
        return (line for line in self._read() if kind in line)

    def _read(self) -> Iterator[Line]:
        unusable = BackupUnusable(Message("backup.not_one", file=self.path.name))
        try:
            with gzip.open(self.path, "rt", encoding="utf-8") as file:
                yield from _parsed(file.readline, unusable)
        except FileNotFoundError as exc:
            raise BackupUnusable(Message("backup.no_file", file=str(self.path))) from exc
        except (EOFError, gzip.BadGzipFile, zlib.error, UnicodeDecodeError) as exc:
            raise unusable from exc
        except IsADirectoryError as exc:
            raise BackupUnusable(Message("backup.is_folder", file=str(self.path))) from exc
        except PermissionError as exc:
            raise BackupUnusable(Message("backup.not_readable", file=str(self.path))) from exc
        except OSError as exc:
            error = exc.strerror or type(exc).__name__
            raise BackupUnusable(
                Message("backup.not_read", file=str(self.path), error=error)
            ) from exc


def _parsed(readline: Callable[[int], str], unusable: BackupUnusable) -> Iterator[Line]:
    while text := readline(_LONGEST_LINE):
        try:
            line = json.loads(text)
        except ValueError as exc:
            raise unusable from exc
        if not isinstance(line, dict):
            raise unusable
        yield line


def _heading(line: Line) -> Heading:
    number = line.get("helpr_backup")
    if not isinstance(number, int):
        raise BackupUnusable(Message("backup.no_heading"))
    if number > FORMAT:
        raise BackupUnusable(Message("backup.newer"))
    try:
        return Heading(*(str(line[name]) for name in ("version", "schema", "made_at")))
    except KeyError as exc:
        raise BackupUnusable(Message("backup.heading_damaged")) from exc


def _kind(line: Line) -> str:
    return str(line.get("table") or line.get("state") or "sealed_settings")


def _line(fields: Line) -> str:
    return json.dumps(fields, ensure_ascii=False, separators=(",", ":")) + "\n"
