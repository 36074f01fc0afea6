"""Pages and static files, read from disk at first use and served from memory.

Knows no HTTP and no Functions: whoever answers a request adds status and headers.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from helpr_core import texts
from helpr_core.domain.messages import PLEX_APP
from helpr_core.once import Once
from helpr_core.web import language

STATIC = Path(__file__).resolve().parents[2] / "static"
TEMPLATES = Path(__file__).resolve().parent / "templates"

# Nothing else in the folder is served: a licence or a note left there stays there.
CONTENT_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}

# The stylesheets, each one file of many: the vendored in layers, then ours in the cascade's order.
_PICO = "vendor/pico/pico.classless.min.css"
_BUNDLES = {
    "helpr.css": (
        (_PICO,),
        ("base", "form/ticket", "form/form", "form/result", "form/floor"),
    ),
    "dashboard.css": (
        (_PICO, "vendor/uplot/uPlot.min.css"),
        (
            "base",
            "dashboard/colours",
            "dashboard/shell",
            "dashboard/parts/cards",
            "dashboard/parts/buttons",
            "dashboard/parts/loading",
            "dashboard/parts/forms",
            "dashboard/parts/tables",
            "dashboard/overview/overview",
        ),
    ),
}


@dataclass(frozen=True, slots=True)
class Document:
    """Something to send: `etag` is quoted, as the header wants it, and names the body."""

    body: bytes
    content_type: str
    etag: str

    @property
    def version(self) -> str:
        """The part of the ETag that `asset` puts into addresses."""
        return self.etag.strip('"')[:12]

    def gzipped(self) -> bytes:
        """The body, compressed; the same bytes for the same body, whatever the time."""
        return _gzip(self.body)


# Nearly every answer is one of a few bodies: the form, the bundle, a script. Bounded, since
# a page that shows what somebody typed is different each time.
@lru_cache(maxsize=64)
def _gzip(body: bytes) -> bytes:
    return gzip.compress(body, compresslevel=9, mtime=0)


def document(body: bytes, content_type: str) -> Document:
    """A document whose ETag is made from its body."""
    return Document(body, content_type, f'"{sha256(body).hexdigest()[:32]}"')


@dataclass(frozen=True, slots=True)
class _Loaded:
    """What one reading of the folders came to; `stamp` tells whether it is still so."""

    stamp: Mapping[Path, int]
    documents: Mapping[str, Document]


class Pages:
    """Templates and static files of two folders.

    Without `reload` each file is read once. With it (development) the folders' times are
    looked at before each answer, so that an edit shows at once.
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
        self._environment.filters |= {"breakable": breakable, "say": texts.say}
        self._environment.globals |= {
            "asset": self.asset,
            "scripts": self.scripts,
            "plex_app": PLEX_APP,
            "t": text,
            "script_texts": script_texts,
            "spoken": texts.current,
            "languages": language.choices,
        }

    def render(self, name: str, **context: object) -> Document:
        """The page of that template (`form.html`) with that context, every value escaped.

        Raises jinja2.UndefinedError when the context lacks something the page shows.
        """
        text = self._environment.get_template(name).render(context)
        return document(text.encode("utf-8", "replace"), "text/html; charset=utf-8")

    def static_document(self, path: str) -> Document | None:
        """The file at that path below `static/`, or None; only what was listed exists."""
        return self._documents().get(path)

    def asset(self, name: str) -> str:
        """The address of a static file, changing with its content. Raises KeyError."""
        return f"/static/{name}?v={self._documents()[name].version}"

    def scripts(self, folder: str) -> list[str]:
        """The addresses of the modules below that folder, as their imports name each other."""
        named = [name for name in self._documents() if name.startswith(f"{folder}/")]
        return [f"/static/{name}" for name in named if name.endswith(".js")]

    def _documents(self) -> Mapping[str, Document]:
        if self._reload and self._loaded.get().stamp != self._stamp():
            self._loaded.drop()
        return self._loaded.get().documents

    def _load(self) -> _Loaded:
        # Taken before reading: a file changed in between is then read again, not missed.
        stamp = self._stamp()
        documents = {
            path.relative_to(self._static).as_posix(): document(
                path.read_bytes(), CONTENT_TYPES[path.suffix]
            )
            for path in stamp
        }
        for name, (vendored, ours) in _BUNDLES.items():
            body = _bundle(
                {path.split("/")[1]: documents[path].body for path in vendored},
                [documents[f"{one}.css"].body for one in ours],
            )
            documents[name] = document(body, CONTENT_TYPES[".css"])
        return _Loaded(stamp, documents)

    def _stamp(self) -> dict[Path, int]:
        return {path: path.stat().st_mtime_ns for path in self._files()}

    def _files(self) -> Iterator[Path]:
        for path in sorted(self._static.rglob("*")):
            if path.suffix in CONTENT_TYPES and path.is_file() and not path.is_symlink():
                yield path


def text(code: str, /, **params: texts.Value) -> str:
    """The sentence of that code; parameters that are markup stay what they are."""
    message, spoken = texts.Message(code, **params), texts.current()
    if not any(isinstance(value, Markup) for value in params.values()):
        return spoken.say(message)
    return escape(spoken.template(message)).format(**spoken.values(message))


def script_texts(*prefixes: str) -> Markup:
    """The sentences that a script shows, as JSON that may stand in a <script> of that type."""
    texts_of = json.dumps(texts.current().for_scripts(*prefixes), ensure_ascii=False)
    return Markup(texts_of.replace("<", "\\u003c"))  # noqa: S704 - no tag can begin in it


def breakable(text: str) -> Markup:
    """The text, escaped, with leave to break a long address before its @ and not in a word."""
    return escape(text).replace("@", Markup("<wbr>@"))


def _bundle(vendored: Mapping[str, bytes], ours: Sequence[bytes]) -> bytes:
    """One stylesheet of all; the vendored are in cascade layers, which every rule of ours outranks.

    `vendored` is by the layer's name.
    """
    layers = [b"@layer %s{%s}" % (name.encode(), _bare(css)) for name, css in vendored.items()]
    return b"\n".join([*layers, *ours])


def _bare(css: bytes) -> bytes:
    # @charset may stand only at a file's very start; the header says UTF-8 anyway.
    return css.removeprefix(b"\xef\xbb\xbf").removeprefix(b'@charset "UTF-8";').strip()


_pages = Once(Pages)
_watching = Once(lambda: Pages(reload=True))


def pages() -> Pages:
    """The pages that this worker serves."""
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
