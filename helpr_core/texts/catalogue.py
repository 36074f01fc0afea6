"""Catalogues on disk: gettext's .po files, read directly.

Nothing is compiled, so a language is one file and a clone needs no extra step. The files have the
form that Babel writes (`make texts`), and a test compares this reader with Babel's.
"""

from __future__ import annotations

import gettext
import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TypeAlias

from helpr_core.frozen import dataclass

FOLDER = Path(__file__).parent
_HEADER = ""
_PLURAL_FORMS = "Plural-Forms:"
_PLURAL_RULE = "plural="


PluralRule: TypeAlias = Callable[[int], int]
"""A function from a number to the index of its plural form."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A code's forms: one, or as many as the language has plurals."""

    forms: tuple[str, ...]
    rule: PluralRule

    def form(self, count: object) -> str:
        """The form for that number; the first one if nothing is counted."""
        return self.forms[self.rule(count) if isinstance(count, int) and self.forms[1:] else 0]


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The entries of a language by their codes, and its plural rule."""

    entries: Mapping[str, Entry]
    rule: PluralRule


def names() -> tuple[str, ...]:
    """The languages that have a file, by their tags (RFC 5646)."""
    return tuple(sorted(path.stem for path in FOLDER.glob("*.po")))


def read(name: str) -> Catalogue:
    """The catalogue of that language."""
    return parse((FOLDER / f"{name}.po").read_text("utf-8"))


def parse(text: str) -> Catalogue:
    """A catalogue from the text of its file; an entry without a translation is left out."""
    blocks = {_code(block): block for block in text.split("\n\n")}
    rule = _plural_rule(_forms(blocks.pop(_HEADER))[0])
    return Catalogue(_Entries(blocks, rule), rule)


class _Entries(Mapping[str, Entry]):
    """The entries by their codes, each read when it is first asked for: a worker's first answer
    needs one of two thousand."""

    def __init__(self, blocks: Mapping[str, str], rule: PluralRule) -> None:
        self._blocks = blocks
        self._rule = rule
        self._read: dict[str, Entry] = {}

    def __getitem__(self, code: str) -> Entry:
        entry = self._read.get(code)
        if entry is None:
            forms = _forms(self._blocks[code])
            if not (forms and all(forms)):
                raise KeyError(code)
            entry = self._read[code] = Entry(forms, self._rule)
        return entry

    def __iter__(self) -> Iterator[str]:
        return (code for code in self._blocks if code in self)

    def __len__(self) -> int:
        return sum(1 for _ in self)


def _code(block: str) -> str:
    """A code has no quotation mark and stands in one line."""
    return block.partition('msgid "')[2].partition('"')[0]


def _forms(block: str) -> tuple[str, ...]:
    fields = _fields(block)
    return tuple(value for name, value in fields.items() if name.startswith("msgstr"))


def _fields(block: str) -> dict[str, str]:
    fields: dict[str, str] = {}
    name = ""
    for line in block.splitlines():
        if line.startswith("#"):
            continue
        keyword, quote, rest = line.partition('"')
        if keyword:
            name = keyword.strip()
        # The escapes in a .po file are a subset of JSON's.
        fields[name] = fields.get(name, "") + json.loads(quote + rest)
    return fields


def _plural_rule(header: str) -> PluralRule:
    line = next(line for line in header.splitlines() if line.startswith(_PLURAL_FORMS))
    return gettext.c2py(line.partition(_PLURAL_RULE)[2].rstrip("; "))
