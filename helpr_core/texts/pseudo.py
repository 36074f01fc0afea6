"""A language made from English, for development: with accents, and 40 % longer.

It reveals what is cut off or overflows, and what never went through the catalogues.
"""

from __future__ import annotations

import re

from helpr_core.texts.catalogue import Catalogue, Entry

TAG = "en-XA"
_PLACES = re.compile(r"(\{\w+\})")
_ACCENTS = str.maketrans("aceiknosuyACEIKNOSUY", "áçéîķñöšûýÁÇÉÎĶÑÖŠÛÝ")
_LONGER = 0.4
_PADDING = " one two three four five six seven eight nine ten".translate(_ACCENTS)
_MACHINES_READ = "format."
"""Some of these are not sentences but punctuation and lists."""


def pseudo(english: Catalogue) -> Catalogue:
    """The language; its plural rule is that of English."""
    entries = {code: _entry(code, entry) for code, entry in english.entries.items()}
    return Catalogue(entries, english.rule)


def _entry(code: str, entry: Entry) -> Entry:
    if code.startswith(_MACHINES_READ):
        return entry
    return Entry(tuple(map(_stretched, entry.forms)), entry.rule)


def _stretched(form: str) -> str:
    # Every second part is a placeholder, which keeps its name.
    parts = _PLACES.split(form)
    parts[::2] = [part.translate(_ACCENTS) for part in parts[::2]]
    more = round(len(form) * _LONGER)
    padding = (_PADDING * (more // len(_PADDING) + 1))[:more]
    return f"[{''.join(parts)}{padding.rstrip()}]"
