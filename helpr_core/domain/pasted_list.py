"""A list of friends as people paste it: lines, a spreadsheet's cells, or a mail's recipients."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Sequence
from typing import Any

from helpr_core.domain.list_headings import ADDRESS, COLUMNS, DAYS, LIBRARIES, NAME, NOTE, column_of
from helpr_core.frozen import dataclass

_DELIMITERS = ("\t", ";", ",", "|")
"""In order of reliability: a comma may also occur in a name or between titles."""
_LINE_ENDS = re.compile("\r\n|[\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
_EXCELS_HINT = re.compile(r"\s*\"?sep=(.)\"?\s*", re.IGNORECASE)
_BULLET = re.compile(r"\s*(?:[-–—•*·‣▪]|\d{1,3}[.)])\s+")
_ADDRESS = re.compile(r"[^\s@<>,;|\"]+@[^\s@<>,;|\"]+\.[^\s@<>,;|\"]+")
_DAYS = re.compile(
    r"(\d{1,6})(?:[.,]0+)?\s*"
    r"(?:d|days?|tage?n?|jours?|d[ií]as?|dias?|giorn[io]|dag(?:en|ar|e)?|dni|дн(?:ей|я|и)?)?\.?",
    re.IGNORECASE,
)
_MARK = "\ufeff"


@dataclass(frozen=True, slots=True)
class Entry:
    """One friend in the list, as written.

    `line` counts from 1 in the pasted text. Without `who` the line contains no name or address. A
    `heading` names columns, not a person.
    """

    line: int
    who: str
    libraries: str = ""
    days: str = ""
    note: str = ""
    heading: bool = False


@dataclass(frozen=True, slots=True)
class _Row:
    line: int
    cells: tuple[str, ...]

    @property
    def filled(self) -> tuple[str, ...]:
        return tuple(cell for cell in self.cells if cell)


def read_list(text: str) -> tuple[Entry, ...]:
    """Every friend in the text, in order, and the heading if there is one.

    Columns are an address or name, libraries, days and a note; a heading may put them in another
    order and name them in several languages. Never raises: what cannot be understood is returned as
    it is, for the owner to see.
    """
    rows = tuple(_rows(_LINE_ENDS.sub("\n", text.lstrip(_MARK))))
    if not rows:
        return ()
    columns = _named_columns(rows[0])
    if columns:
        return (_heading(rows[0]), *(_by_columns(row, columns) for row in rows[1:]))
    first = (_heading(rows[0]),) if _names_nobody(rows) else ()
    return (*first, *(entry for row in rows[len(first) :] for entry in _by_content(row)))


def read_days(text: str) -> int | None:
    """The number of days, or None if there is none: `30`, `30 days`, `30 Tage`."""
    found = _DAYS.fullmatch(text.strip())
    return int(found[1]) if found else None


def _rows(text: str) -> Iterator[_Row]:
    """The non-empty rows, with their cells trimmed."""
    lines = text.split("\n")
    hint = _EXCELS_HINT.fullmatch(lines[0])
    if hint:
        lines[0] = ""
    delimiter = hint[1] if hint else _delimiter(lines)
    for line, cells in _parsed(lines, delimiter):
        trimmed = tuple(_cell(cell) for cell in cells)
        if any(trimmed):
            yield _Row(line, (_BULLET.sub("", trimmed[0], count=1), *trimmed[1:]))


def _cell(text: str) -> str:
    return " ".join(text.replace(_MARK, "").split())


def _delimiter(lines: Sequence[str]) -> str:
    """The character that separates most lines. People never type a tab for anything else."""
    filled = [line for line in lines if line.strip()]
    counts = {
        sign: sum(len(row) > 1 for line in filled for row in _split([line], sign))
        for sign in _DELIMITERS
    }
    if counts["\t"]:
        return "\t"
    return max(_DELIMITERS, key=lambda sign: counts[sign])


def _parsed(lines: Sequence[str], delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """Each row, with the number of its first line."""
    try:
        found = list(_numbered(lines, delimiter))
    except csv.Error:
        found = []
    # A quote that was never closed would swallow the lines after it.
    if found and not any(_swallows(cell) for _, row in found for cell in row):
        yield from found
        return
    for number, line in enumerate(lines, start=1):
        for row in _split([line.replace('"', "")], delimiter):
            yield number, row


def _numbered(lines: Sequence[str], delimiter: str) -> Iterator[tuple[int, list[str]]]:
    reader = _reader(lines, delimiter)
    first = 1
    for row in reader:
        yield first, row
        first = reader.line_num + 1


def _swallows(cell: str) -> bool:
    return "\n" in cell and len(_ADDRESS.findall(cell)) > 1


def _split(lines: Sequence[str], delimiter: str) -> list[list[str]]:
    try:
        return list(_reader(lines, delimiter))
    except csv.Error:
        return [list(lines)]


def _reader(lines: Sequence[str], delimiter: str) -> Any:
    ended = (f"{line}\n" for line in lines)
    return csv.reader(ended, delimiter=delimiter, skipinitialspace=True)


def _heading(row: _Row) -> Entry:
    return Entry(row.line, " · ".join(row.filled), heading=True)


def _named_columns(row: _Row) -> dict[str, int]:
    """The position of each kind of column according to the first row; empty if that is no
    heading."""
    if any(_has_address(cell) for cell in row.cells):
        return {}
    found: dict[str, int] = {}
    for place, cell in enumerate(row.cells):
        kind = column_of(cell)
        if kind is not None:
            found.setdefault(kind, place)
    return found if found.keys() & {ADDRESS, NAME} else {}


def _names_nobody(rows: Sequence[_Row]) -> bool:
    """Whether the first row is a heading in unknown words: it has no address where all the
    following rows have one."""
    first, rest = rows[0], rows[1:]
    if _has_any_address(first) or len(rest) < 2 or not all(map(_has_any_address, rest)):
        return False
    return len(first.filled) > 1 or all(len(row.filled) == 1 for row in rest)


def _by_columns(row: _Row, columns: dict[str, int]) -> Entry:
    found = {kind: _at(row, columns.get(kind)) for kind in COLUMNS}
    who = found[ADDRESS] or found[NAME]
    return Entry(row.line, who, found[LIBRARIES], found[DAYS], found[NOTE])


def _at(row: _Row, place: int | None) -> str:
    return row.cells[place] if place is not None and place < len(row.cells) else ""


def _by_content(row: _Row) -> Iterator[Entry]:
    """The friends in a row without a heading: a mail's recipients, or one with its columns."""
    recipients = list(_recipients(row))
    if len(recipients) > 1:
        yield from (Entry(row.line, who) for who in recipients)
        return
    addressed = [place for place, cell in enumerate(row.cells) if _has_address(cell)]
    place = addressed[0] if addressed else 0
    # The text before the address is its owner's name.
    yield _in_order(row.line, row.cells[place], row.cells[place + 1 :])


def _recipients(row: _Row) -> Iterator[str]:
    """The addresses of a row that contains only addresses and the names before them."""
    cells = row.filled
    if not cells or not _has_address(cells[-1]):
        return
    for cell in cells:
        parts = cell.split()
        if len(parts) > 1 and all(map(_ADDRESS.fullmatch, parts)):
            yield from parts
        elif len(_ADDRESS.findall(cell)) > 1:  # some separated by one sign, some by the other
            yield from filter(_has_address, map(str.strip, re.split("[,;]", cell)))
        elif _has_address(cell):
            yield cell


def _in_order(line: int, who: str, rest: Sequence[str]) -> Entry:
    """Libraries, days and a note; without libraries no cell has to be left empty."""
    if rest and read_days(rest[0]) is not None:
        rest = ("", *rest)
    libraries, days, *notes = (*rest, "", "")
    return Entry(line, who, libraries, days, " ".join(note for note in notes if note))


def _has_any_address(row: _Row) -> bool:
    return any(map(_has_address, row.cells))


def _has_address(cell: str) -> bool:
    return _ADDRESS.search(cell) is not None
