"""Catalogues on disk: gettext's .po files, read directly.

Nothing is compiled, so a language is one file and a clone needs no extra step. The files have the
form that Babel writes (`make texts`), and a test compares this reader with Babel's.
"""

from __future__ import annotations

import gettext
import json
from collections.abc import Callable, Mapping
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
    found: dict[str, tuple[str, ...]] = {}
    for block in text.split("\n\n"):
        fields = _fields(block)
        forms = tuple(value for name, value in fields.items() if name.startswith("msgstr"))
        if forms and all(forms):
            found[fields["msgid"]] = forms
    rule = _plural_rule(found.pop(_HEADER)[0])
    return Catalogue({code: Entry(forms, rule) for code, forms in found.items()}, rule)


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
