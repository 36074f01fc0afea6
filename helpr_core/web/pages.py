"""Pages and static files, read from disk at first use and served from memory.

Independent of HTTP and Functions: the code that answers a request adds status and headers.
"""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from functools import lru_cache
from hashlib import sha256
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from helpr_core import texts
from helpr_core.domain.messages import PLEX_APP, named_day
from helpr_core.frozen import dataclass
from helpr_core.once import Once
from helpr_core.texts.values import shown
from helpr_core.web import language, way

STATIC = Path(__file__).resolve().parents[2] / "static"
TEMPLATES = Path(__file__).resolve().parent / "templates"

# Nothing else in the folder is served, such as a licence or a note left there.
CONTENT_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".png": "image/png",
}

PICTURES = (".svg", ".png")

# Made by bundle.mjs from the sources next to it, whose digest is in origin.json.
_BUILT = "built"
_ORIGIN = "origin.json"

_ON_THE_DASHBOARD = ("ui.", "library.", "join.", "page.server")
_E_MAIL = re.compile(r"\be-mails?\b(?!@)", re.IGNORECASE)
_TEXTS_OF = "texts/{tag}.json"


@dataclass(frozen=True, slots=True)
class Document:
    """Something to send: `etag` is quoted, as the header requires, and identifies the body.

    `lasts`: its name changes with the body.
    """

    body: bytes
    content_type: str
    etag: str
    lasts: bool = False

    @property
    def version(self) -> str:
        """The part of the ETag that `asset` puts into addresses."""
        return self.etag.strip('"')[:12]

    def gzipped(self) -> bytes:
        """The body, compressed; the same bytes for the same body, whatever the time."""
        return _gzip(self.body)


# Nearly every answer is one of a few bodies: the form, the bundle, a script. Bounded, because a
# page that shows what somebody typed differs each time.
@lru_cache(maxsize=64)
def _gzip(body: bytes) -> bytes:
    return gzip.compress(body, compresslevel=9, mtime=0)


def document(body: bytes, content_type: str) -> Document:
    """A document whose ETag is made from its body."""
    return Document(body, content_type, f'"{sha256(body).hexdigest()[:32]}"')


@dataclass(frozen=True, slots=True)
class _Loaded:
    """The result of reading the static files.

    `paths` leads from the name that a template uses to the file that stands for it, `first` has
    how the codes of the sentences begin that the dashboard's first script shows, `menu` has
    the entries of its navigation, and `stamp` tells whether all of it is still true.
    """

    stamp: Mapping[Path, int]
    documents: Mapping[str, Document]
    paths: Mapping[str, str]
    first: tuple[str, ...]
    menu: tuple[Mapping[str, str], ...]


class Pages:
    """Templates and static files of two folders.

    Without `reload` each file is read once. With it (development) the folders' times are checked
    before each answer, so that an edit shows at once.
    """

    def __init__(
        self, static: Path = STATIC, templates: Path = TEMPLATES, *, reload: bool = False
    ) -> None:
        self._static = static
        self._reload = reload
        self._loaded = Once(self._load)
        self._environment = Environment(
            loader=FileSystemLoader(templates),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=reload,
        )
        self._environment.filters |= {
            "breakable": breakable,
            "dated": dated,
            "say": texts.say,
            "whole": whole,
        }
        self._environment.globals |= {
            "asset": self.asset,
            "plex_app": PLEX_APP,
            "t": text,
            "on_day": on_day,
            "at_moment": at_moment,
            "script_texts": script_texts,
            "dashboard_menu": self.dashboard_menu,
            "dashboard_texts": self.dashboard_texts,
            "spoken": texts.current,
            "languages": language.choices,
            "home": way.home,
            "site_address": way.site_address,
        }
        self._environment.policies["json.dumps_kwargs"] = {"ensure_ascii": False}

    def render(self, name: str, **context: object) -> Document:
        """The page from that template (`form.html`) and context, with every value escaped.

        Raises jinja2.UndefinedError if the context lacks something the page shows.
        """
        text = self._environment.get_template(name).render(context)
        return document(text.encode("utf-8", "replace"), "text/html; charset=utf-8")

    def static_document(self, path: str) -> Document | None:
        """The file at that path below `static/`, or None; only what was listed exists."""
        loaded = self._current()
        return loaded.documents.get(path) or self._sentences(path, loaded)

    def asset(self, name: str) -> str:
        """The address of a static file, changing with its content. Raises KeyError."""
        loaded = self._current()
        path = loaded.paths.get(name, name)
        return f"/static/{path}?v={loaded.documents[path].version}"

    def dashboard_menu(self) -> tuple[Mapping[str, str], ...]:
        """The entries of the dashboard's navigation: `at`, `name` (a code) and `drawing`."""
        return self._current().menu

    def dashboard_texts(self) -> Mapping[str, object]:
        """The sentences that the dashboard begins with; `more` is where its other views' are.

        Without `more` these are all: the scripts were edited, and who knows what they show now.
        """
        loaded, spoken = self._current(), texts.current()
        if loaded.paths:
            return spoken.for_scripts(*_ON_THE_DASHBOARD)
        path = _TEXTS_OF.format(tag=spoken.tag)
        version = _later(spoken, loaded.first).version
        return {**spoken.for_scripts(*loaded.first), "more": f"/static/{path}?v={version}"}

    def _sentences(self, path: str, loaded: _Loaded) -> Document | None:
        tags = (tag for tag in texts.tags() if path == _TEXTS_OF.format(tag=tag))
        return next((_later(texts.language(tag), loaded.first) for tag in tags), None)

    def _current(self) -> _Loaded:
        if self._reload and self._loaded.get().stamp != self._stamp():
            self._loaded.drop()
        return self._loaded.get()

    def _load(self) -> _Loaded:
        # Taken before reading: a file changed in between is then read again, not missed.
        stamp = self._stamp()
        sources = {name: path.read_bytes() for name, path in self._files()}
        built = self._static / _BUILT
        origin = json.loads((built / _ORIGIN).read_bytes())
        entries: dict[str, str] = origin["entries"]
        parts: list[str] = origin["parts"]
        bodies = {name: (built / name).read_bytes() for name in [*entries, *parts]}
        bodies |= {name: body for name, body in sources.items() if name.endswith(PICTURES)}
        # After an edit the bundles are out of date: the page then names the sources themselves. The
        # bundles stay, for pages that still name them.
        edited = _digest(sources) != origin["sources"]
        if edited:
            bodies |= sources
        documents = {
            name: document(body, CONTENT_TYPES[Path(name).suffix]) for name, body in bodies.items()
        }
        documents |= {name: replace(documents[name], lasts=True) for name in parts}
        paths = entries if edited else {}
        first, menu = tuple(origin["first"]), tuple(origin["menu"])
        return _Loaded(stamp, documents, paths, first, menu)

    def _stamp(self) -> dict[Path, int]:
        paths = [self._static / _BUILT / _ORIGIN, *(path for _, path in self._files())]
        return {path: path.stat().st_mtime_ns for path in paths}

    def _files(self) -> Iterator[tuple[str, Path]]:
        """The sources, by their path below the folder."""
        for path in self._static.rglob("*"):
            name = path.relative_to(self._static).as_posix()
            is_source = path.suffix in CONTENT_TYPES and not name.startswith(f"{_BUILT}/")
            if is_source and path.is_file() and not path.is_symlink():
                yield name, path


def text(code: str, /, **params: texts.Value) -> str:
    """The sentence with that code; parameters that are markup stay unescaped."""
    message, spoken = texts.Message(code, **params), texts.current()
    if not any(isinstance(value, Markup) for value in params.values()):
        return spoken.say(message)
    return escape(spoken.template(message)).format(**spoken.values(message))


def on_day(moment: datetime) -> Markup:
    """The day of a moment: in UTC, which it says, until a script makes it the reader's own day."""
    return _time(moment, "day", texts.say(named_day(moment)))


def dated(sentence: Markup, moment: datetime | None) -> Markup:
    """A sentence that names that moment's day: the day as above."""
    if moment is None:
        return sentence
    words = escape(texts.say(named_day(moment)))
    return sentence.replace(words, on_day(moment))


def at_moment(moment: datetime) -> Markup:
    """A day with its time, likewise."""
    return _time(moment, "moment", shown(moment, texts.say))


def _time(moment: datetime, kind: str, words: str) -> Markup:
    iso = moment.astimezone(UTC).isoformat(timespec="seconds")
    return Markup('<time datetime="{}" data-shown="{}">{}</time>').format(iso, kind, words)


def script_texts(*prefixes: str) -> Mapping[str, object]:
    """The sentences that a script shows, by code."""
    return texts.current().for_scripts(*prefixes)


# One for each language; the list of codes changes only after an edit.
@lru_cache(maxsize=16)
def _later(spoken: texts.Language, first: tuple[str, ...]) -> Document:
    """The dashboard's sentences that do not begin with one of `first`."""
    given = spoken.for_scripts(*_ON_THE_DASHBOARD, but=first)
    body = json.dumps(given, ensure_ascii=False, separators=(",", ":"))
    return document(body.encode(), "application/json")


def whole(text: str) -> Markup:
    """The text, escaped, in which "e-mail" breaks nowhere."""
    # A plain str: before Python 3.13 what is put into a Markup would be escaped, too.
    kept = _E_MAIL.sub(r'<span class="whole">\g<0></span>', str(escape(text)))
    return Markup(kept)  # noqa: S704 # nosec B704 - escaped above


def breakable(text: str) -> Markup:
    """The same; and a long address may break before its @."""
    return Markup(str(whole(text)).replace("@", "<wbr>@"))  # noqa: S704 # nosec B704 - escaped above


def _digest(sources: Mapping[str, bytes]) -> str:
    """One digest of the scripts and styles, the same as bundle.mjs makes."""
    bundled = sorted(name for name in sources if name.endswith((".css", ".js")))
    lines = [f"{name} {sha256(sources[name]).hexdigest()}\n" for name in bundled]
    return sha256("".join(lines).encode()).hexdigest()


_pages = Once(Pages)
_watching = Once(lambda: Pages(reload=True))


def pages() -> Pages:
    """This worker's pages."""
    return _watching.peek() or _pages.get()


def reload_on_change() -> None:
    """Development: from now on an edited file shows at the next request."""
    _watching.get()


def render(name: str, **context: object) -> Document:
    """See `Pages.render`."""
    return pages().render(name, **context)


def static_document(path: str) -> Document | None:
    """See `Pages.static_document`."""
    return pages().static_document(path)
