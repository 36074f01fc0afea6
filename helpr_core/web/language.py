"""The language of a request: the one that was chosen, otherwise the browser's.

A page links to itself with `?lang=de` to switch, which works without JavaScript; a cookie remembers
the choice.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from urllib.parse import quote

from werkzeug.wrappers import Request

from helpr_core import texts
from helpr_core.frozen import dataclass
from helpr_core.web import cookies, way

COOKIE = "helpr_language"
PARAMETER = "lang"
YEAR_SECONDS = 365 * 24 * 3600
VARY = ("Accept-Language", "Cookie")


@dataclass(frozen=True, slots=True)
class Choice:
    """A language to switch to, and the link for it. `href` is None for the current one."""

    tag: str
    name: str
    href: str | None


_page: ContextVar[str] = ContextVar("page", default="/")


def choices() -> tuple[Choice, ...]:
    """Every language, for the current page."""
    spoken = texts.current().tag
    return tuple(
        Choice(one.tag, one.name, None if one.tag == spoken else f"{_page.get()}?lang={one.tag}")
        for one in texts.languages()
    )


def switched_to(request: Request) -> str | None:
    """The language that the address asks for."""
    return texts.tag_for(request.args.get(PARAMETER, ""))


def language_of(request: Request) -> str:
    """The language to answer in."""
    remembered = next(iter(cookies.values(request, COOKIE)), "")
    chosen = switched_to(request) or texts.tag_for(remembered)
    wanted = (texts.tag_for(tag) for tag, quality in request.accept_languages if quality > 0)
    return chosen or next(filter(None, wanted), texts.ENGLISH)


@contextmanager
def speaking(tag: str, request: Request) -> Iterator[None]:
    """Use that language for a request. On the answer to a POST, switching leads to the form."""
    token = _page.set(quote(request.path) if request.method in ("GET", "HEAD") else way.home())
    try:
        with texts.speaking(tag):
            yield
    finally:
        _page.reset(token)
