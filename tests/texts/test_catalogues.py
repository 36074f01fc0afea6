"""The catalogues: complete, consistent, in Babel's format, and each of their codes in use."""

from __future__ import annotations

import ast
import io
import re
import string
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from helpr_core.texts import catalogue
from tests.texts.tidy import tidy

ROOT = Path(__file__).resolve().parents[2]
ENGLISH = catalogue.read("en").entries
SAYS = {"Message", "text", "t"}
"""Functions that are called with a code."""
_IN_TEMPLATES = re.compile(r"""\bt\(\s*["'`]([\w.]+)["'`]\s*[,)]""")
_QUOTED = re.compile(r"""["'`]([\w.${}~ ]+)["'`]""")
_FILLED_IN = re.compile(r"\$?\{[^}]*\}")
each = pytest.mark.parametrize("name", catalogue.names())


def places(forms: tuple[str, ...]) -> set[str]:
    """The names of the placeholders; a form may leave out the number it is chosen by."""
    parsed = (string.Formatter().parse(form) for form in forms)
    return {name for parts in parsed for _, name, _, _ in parts if name} - {"count"}


@each
def test_a_language_has_every_sentence_and_no_other(name: str) -> None:
    assert catalogue.read(name).entries.keys() == ENGLISH.keys()


@each
def test_a_translation_has_the_placeholders_of_the_english(name: str) -> None:
    for code, entry in catalogue.read(name).entries.items():
        assert places(entry.forms) == places(ENGLISH[code].forms), code


@each
def test_a_plural_in_english_is_a_plural_in_every_language(name: str) -> None:
    nothing_counted = catalogue.read(name).rule(1) == catalogue.read(name).rule(2)
    for code, entry in catalogue.read(name).entries.items():
        assert nothing_counted or len(entry.forms) > 1 or len(ENGLISH[code].forms) == 1, code


@each
def test_a_catalogue_is_read_as_babel_reads_it(name: str) -> None:
    text = (catalogue.FOLDER / f"{name}.po").read_text("utf-8")
    read = {}
    for message in read_po(io.StringIO(text), locale=name, abort_invalid=True):
        code = message.id if isinstance(message.id, str) else message.id[0]
        read[code] = (message.string,) if isinstance(message.string, str) else message.string
    read.pop("")
    ours = catalogue.parse(text).entries
    assert {code: entry.forms for code, entry in ours.items()} == read


@each
def test_a_catalogue_is_tidy(name: str) -> None:
    path = catalogue.FOLDER / f"{name}.po"
    assert tidy(path) == path.read_text("utf-8"), "run `make texts`"


@cache
def sources() -> dict[Path, str]:
    """Files that are written by hand and may name a code."""
    paths = [
        *(ROOT / "helpr_core").rglob("*.py"),
        *(ROOT / "helpr_core/web/templates").rglob("*.html"),
        *(path for path in (ROOT / "static").rglob("*.js") if "built" not in path.parts),
    ]
    return {path: path.read_text("utf-8") for path in paths}


def asked_for() -> Iterator[tuple[Path, str]]:
    """Every code that is written out where a sentence is looked up."""
    for path, text in sources().items():
        if path.suffix != ".py":
            yield from ((path, code) for code in _IN_TEMPLATES.findall(text))
            continue
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in SAYS and node.args:
                first = node.args[0]
                if isinstance(first, ast.Constant):
                    yield path, str(first.value)


def test_every_code_that_is_looked_up_has_a_sentence() -> None:
    missing = {(path.name, code) for path, code in asked_for() if code not in ENGLISH}
    # Those that form.js looks up are named without their beginning.
    assert {pair for pair in missing if f"form_script.{pair[1]}" not in ENGLISH} == set()


def test_every_sentence_is_used_somewhere() -> None:
    written = {code for text in sources().values() for code in _QUOTED.findall(text)}
    exact = {code for code in written if "{" not in code}
    patterns = [_pattern(code) for code in written if "{" in code and "." in code]
    made = re.compile("|".join(patterns))
    unused = {
        code
        for code in ENGLISH
        if not {code, code.split(".", 1)[-1], code.rpartition(".")[0]} & exact
        and not made.fullmatch(code)
    }
    assert unused == set()


def _pattern(code: str) -> str:
    """A code with placeholders, as in f"problem.{name}.title"."""
    return r"\w+".join(map(re.escape, _FILLED_IN.split(code)))
