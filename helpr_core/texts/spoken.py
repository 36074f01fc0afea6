"""Languages, and which one is used: decided once for each request, where it comes in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache, cached_property
from types import ModuleType
from typing import TYPE_CHECKING

from helpr_core import first_use
from helpr_core.texts.message import CLAUSES, SENTENCES, Message, Value, Words
from helpr_core.texts.values import shown

if TYPE_CHECKING:
    from helpr_core.texts.catalogue import Catalogue, Entry

ENGLISH = "en"
"""The default language; other languages fall back to it, entry by entry."""

_JOINED = {SENTENCES: "format.between_sentences", CLAUSES: "format.between_clauses"}
_COUNTED_UNTIL = 200
"""A plural rule is written out for scripts up to this number; from 100 on every rule repeats."""


class _Given(dict[str, str]):
    """A message stored by another version may lack parameters that this one's sentence needs."""

    def __missing__(self, name: str) -> str:
        return "…"


class Language:
    """Says messages. `tag` is the language's (RFC 5646), as in `<html lang>`."""

    def __init__(self, tag: str, catalogue: Catalogue, fallback: Catalogue | None = None) -> None:
        self.tag = tag
        self._entries = catalogue.entries
        self._fallback: Mapping[str, Entry] = fallback.entries if fallback else {}
        self._rule = catalogue.rule

    @property
    def name(self) -> str:
        """The language's name for itself."""
        return self.say(Message("language.name"))

    def say(self, words: Words) -> str:
        """The sentence. For a newer version's message, which has none here, it names the code."""
        if isinstance(words, str):
            return words
        if words.code in _JOINED:
            between = self.say(Message(_JOINED[words.code]))
            parts = words.params.get("parts")
            joined = parts if isinstance(parts, tuple) else ()
            return between.join(shown(part, self.say) for part in joined)
        return self.template(words).format_map(self.values(words))

    def template(self, message: Message) -> str:
        """The entry, in the form for the message's `count`, with its placeholders unfilled."""
        entry = self._entries.get(message.code) or self._fallback.get(message.code)
        if entry is None:
            return self.say(Message("format.unknown", code=message.code))
        return entry.form(message.params.get("count"))

    def values(self, message: Message) -> Mapping[str, str]:
        """The values for the placeholders, formatted as in the language."""
        return _Given({name: shown(value, self.say) for name, value in message.params.items()})

    @cached_property
    def _all(self) -> Mapping[str, Entry]:
        return {**self._fallback, **self._entries}

    def for_scripts(self, *prefixes: str, but: tuple[str, ...] = ()) -> Mapping[str, object]:
        """The entries whose codes begin so, and not like `but`: text, or a list of plural forms.

        `plurals` has the index of the form for 0, 1, 2, … 199, a digit each.
        """
        texts = {
            code: list(entry.forms) if entry.forms[1:] else entry.forms[0]
            for code, entry in self._all.items()
            if code.startswith(prefixes) and not code.startswith(but)
        }
        plurals = "".join(str(self._rule(number)) for number in range(_COUNTED_UNTIL))
        return {"language": self.tag, "plurals": plurals, "texts": texts}


_added: dict[str, Catalogue] = {}
_spoken: ContextVar[str] = ContextVar("language", default=ENGLISH)


def languages() -> tuple[Language, ...]:
    """All languages, English first."""
    return tuple(map(language, tags()))


def tags() -> tuple[str, ...]:
    """The tags of all languages, English first."""
    return tuple(sorted({*_with_file(), *_added}, key=lambda tag: (tag != ENGLISH, tag)))


def tag_for(wanted: str) -> str | None:
    """The language for a tag that somebody sends: `de` also for `de-AT`."""
    wanted = wanted.strip().lower()
    by_tag = {one.lower(): one for one in tags()}
    return by_tag.get(wanted) or by_tag.get(wanted.partition("-")[0])


def add(tag: str, made: Catalogue) -> None:
    """Add a language that has no file, for as long as the process lives."""
    _added[tag] = made
    language.cache_clear()


def remove(tag: str) -> None:
    """Forget a language that was added."""
    del _added[tag]
    language.cache_clear()


@cache
def language(tag: str) -> Language:
    """The language with that tag, read from its file once. Raises OSError if there is none."""
    if tag == ENGLISH:
        return Language(tag, _english())
    return Language(tag, _added.get(tag) or _read(tag), _english())


def current() -> Language:
    """The current language: this request's, or English."""
    return language(_spoken.get())


@contextmanager
def speaking(tag: str) -> Iterator[None]:
    """Use that language inside the block."""
    token = _spoken.set(tag)
    try:
        yield
    finally:
        _spoken.reset(token)


def say(words: Words) -> str:
    """The sentence in the current language."""
    return words if isinstance(words, str) else current().say(words)


def in_english(words: Words) -> str:
    """The sentence for the log, which is in English whatever the answer's language."""
    return language(ENGLISH).say(words)


def text(code: str, /, **params: Value) -> str:
    """The sentence with that code, in the current language."""
    return say(Message(code, **params))


@cache
def _english() -> Catalogue:
    return _read(ENGLISH)


@cache
def _with_file() -> frozenset[str]:
    names: Sequence[str] = _catalogues().names()
    return frozenset(names)


def _read(tag: str) -> Catalogue:
    found: Catalogue = _catalogues().read(tag)
    return found


def _catalogues() -> ModuleType:
    # At first use: reading the files would cost the start as much as the rest of this package.
    return first_use.module("helpr_core.texts.catalogue")
