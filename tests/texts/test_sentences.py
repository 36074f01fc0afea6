"""No sentence is outside the catalogues; the files that still have some are listed here."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "helpr_core"
# Read only by programmers: the log and OpenAPI; errors of ours whose text no handler shows, as
# their code decides what is shown; bugs in the program; errors that never leave an adapter.
FOR_PROGRAMMERS = {
    *("debug", "info", "warning", "error", "exception", "log", "Field"),
    *("NotFound", "SignInRequired", "CsrfFailed", "InvitesPaused", "InviteCodeInvalid"),
    *("SealBroken", "CodeTaken", "TargetRefused", "IfMatchMissing", "SignInOver", "SignInWaiting"),
    *("LinkOver", "LinkUnknown", "LinkNeedsSignIn", "ChangedElsewhere"),
    *("ValueError", "TypeError", "AttributeError", "TimeoutError", "ServiceRequestError"),
    *("ConnectTimeoutError", "NewConnectionError", "NoAnswer", "gaierror"),
    *("_tell_once", "_tell_settings"),  # into the log
}
# SQL, which reads as English; `text("code")` looks up a sentence.
SQL = {"text", "exec_driver_sql", "execute"}
# Texts that nobody reads: purposes of keys, an HTTP policy, the names of an enum's members.
NO_SENTENCES_AT_ALL = {
    "container/plex.py": {"plex client identifier"},
    "container/set_up.py": {
        "the owner's token",
        "plex client identifier of the owner's sign-in",
    },
    "services/owner/passkeys.py": {"add a passkey", "sign in with a passkey"},
    "web/set_up/again.py": {"owner's sign-in at Plex"},
    "container/owner.py": {"plex client identifier at the dashboard"},
    "container/sign_ins.py": {"plex client identifier of a friend"},
    "services/owner/sessions.py": {"helpr csrf token"},
    "services/plex/account.py": {"account at plex.tv"},
    "services/plex/seats.py": {"seats as stored"},
    "texts/pseudo.py": {"one two three four five six seven eight nine ten"},
    "__main__.py": {"python -m helpr_core"},
    "web/markdown.py": {"noopener noreferrer nofollow"},
    "web/metrics/handlers.py": None,  # for Prometheus, which has no language
    "web/openapi.py": None,  # read only by programmers, all of it
    "web/requests/shapes.py": {"A UTC day or an RFC 3339 time."},
    "web/origin.py": {"Origin is not ours"},
    "web/responses.py": None,  # the HTTP policies
}
_SENTENCE = re.compile(r"[A-Z“][^\n]* [^\n]* [^\n]*[.?!…:]$|[A-Z][a-z]+(?: [a-z]+){2,}")
_CLAUSE = re.compile(r"[a-z“][\w’',;:“”.()/-]*(?: [\w’',;:“”.()/-]+){2,}[…?!]?")
_OPERATOR = re.compile(r"\b(?:IN|IS|ge|eq)\b")
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
    """Strings of a module that read as sentences, without docstrings and text for programmers."""
    tree = ast.parse(path.read_text("utf-8"))
    skipped: set[ast.AST] = set()
    for node in ast.walk(tree):
        name = ""
        if isinstance(node, ast.Call):
            name = getattr(node.func, "attr", getattr(node.func, "id", ""))
        is_bare = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        if name in FOR_PROGRAMMERS | SQL or is_bare or isinstance(node, ast.Assert):
            skipped.update(ast.walk(node))
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node not in skipped:
            text = node.value.strip()
            if reads_as_sentence(text):
                yield text


def reads_as_sentence(text: str) -> bool:
    """Whether it is a sentence, or a clause of three words or more."""
    is_clause = _CLAUSE.fullmatch(text) and not _OPERATOR.search(text)
    return bool(_SENTENCE.match(text) or is_clause)


def modules() -> dict[str, list[str]]:
    """The sentences of each module, by its path."""
    found = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        name = path.relative_to(PACKAGE).as_posix()
        known = NO_SENTENCES_AT_ALL.get(name, set())
        if "migrations" not in path.parts and known is not None:
            found[name] = [one for one in sentences(path) if one not in known]
    return {name: said for name, said in found.items() if said}


def test_no_module_has_a_sentence() -> None:
    assert modules() == {}


class Shown(HTMLParser):
    """What a template shows without looking it up."""

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
