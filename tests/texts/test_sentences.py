"""No sentence stands outside the catalogues; the files that still have some are listed here."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "helpr_core"
# Files whose sentences are still in English, to be moved; no other may have one. Clauses that begin
# small, as those on settings and on PostgreSQL, are not found: they are to be moved all the same.
NOT_YET = {
    "__main__.py",
    "commands/backup.py",
}
# OpenAPI, and errors whose text goes to the log alone.
OF_PROGRAMMERS = {"web/openapi.py", "web/origin.py", "web/requests/shapes.py"}
# Words that programmers read: the log, OpenAPI, errors that no handler passes on.
FOR_PROGRAMMERS = {"Field", "debug", "info", "warning", "error", "exception", "log"}
_SENTENCE = re.compile(r"[A-Z“][^\n]* [^\n]* [^\n]*[.?!…:]$|[A-Z][a-z]+(?: [a-z]+){2,}")
_MARKUP = re.compile(r"\{[{%#].*?[}%#]\}", re.DOTALL)
_WORDS = re.compile(r"[A-Za-z]{2,}")
NAMES = {"Helpr", "strict", "origin", "iPhone", "iPad", "Android"}
_JS_STRINGS = re.compile(r"\"((?:[^\"\\\n]|\\.)*)\"|`((?:[^`\\]|\\.)*)`")
_JS_COMMENTS = re.compile(r"^\s*(//|\*|/\*).*$|//[^\n\"`]*$|/\*.*?\*/", re.MULTILINE)
_JS_SENTENCE = re.compile(r"^[A-Z“][a-z’]*(?: [a-z’,“”]+)+|^[A-Z][a-z]+…?$")
# Drawings, and an error that only a broken page could raise.
NO_SENTENCES = {"icons.js", "seats.js", "dom.js"}
# Names of HTTP, of keys and of elements, which are written with capitals.
JS_NAMES = {"Accept", "Content-Type", "Escape", "Enter", "Location", "ETag", "AbortError"}


def sentences(path: Path) -> Iterator[str]:
    """Strings of a module that read as sentences, without docstrings and what programmers read."""
    tree = ast.parse(path.read_text("utf-8"))
    skipped: set[ast.AST] = set()
    for node in ast.walk(tree):
        name = ""
        if isinstance(node, ast.Call):
            name = getattr(node.func, "attr", getattr(node.func, "id", ""))
        is_bare = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        if name in FOR_PROGRAMMERS or is_bare or isinstance(node, ast.Assert):
            skipped.update(ast.walk(node))
    for node in ast.walk(tree):
        is_text = isinstance(node, ast.Constant) and isinstance(node.value, str)
        if is_text and node not in skipped and _SENTENCE.match(node.value):  # type: ignore[attr-defined]
            yield node.value  # type: ignore[attr-defined]


def modules() -> dict[str, list[str]]:
    """The sentences of each module, by its path."""
    return {
        path.relative_to(PACKAGE).as_posix(): found
        for path in sorted(PACKAGE.rglob("*.py"))
        if "migrations" not in path.parts and (found := list(sentences(path)))
    }


def test_no_module_has_a_sentence() -> None:
    found = {name: said for name, said in modules().items() if name not in OF_PROGRAMMERS}
    assert {name: said for name, said in found.items() if name not in NOT_YET} == {}
    assert found.keys() == NOT_YET, "take what is done out of NOT_YET"


class Shown(HTMLParser):
    """What a template shows without asking the catalogues."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.inside: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.inside.append(tag)
        for name, value in attrs:
            if name in ("aria-label", "title", "placeholder", "alt"):
                self.texts += _WORDS.findall(value or "")

    def handle_endtag(self, tag: str) -> None:
        if self.inside:
            self.inside.pop()

    def handle_data(self, data: str) -> None:
        if self.inside[-1:] not in (["code"], ["script"]):
            self.texts += _WORDS.findall(data)


@pytest.mark.parametrize("path", sorted((PACKAGE / "web/templates").glob("*.html")), ids=str)
def test_no_template_has_a_sentence(path: Path) -> None:
    shown = Shown()
    shown.feed(_MARKUP.sub("", path.read_text("utf-8")))
    assert set(shown.texts) - NAMES == set()


def test_no_script_has_a_sentence() -> None:
    found = {}
    for path in sorted((ROOT / "static").rglob("*.js")):
        if "built" in path.parts or path.name in NO_SENTENCES:
            continue
        text = _JS_COMMENTS.sub("", path.read_text("utf-8"))
        strings = {one or other for one, other in _JS_STRINGS.findall(text)}
        said = {string for string in strings if _JS_SENTENCE.match(string)} - JS_NAMES
        if said:
            found[path.name] = said
    assert found == {}


def test_the_finder_finds_one() -> None:
    assert _SENTENCE.match("Something went wrong. Try again.")
    assert _JS_SENTENCE.match("No connection")
    assert not _SENTENCE.match("SELECT 1")
