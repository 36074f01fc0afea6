"""The language of a request: the one that was switched to, else the browser's.

A page is switched by a link to itself with `?lang=de`, which works without JavaScript; a cookie
remembers it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from urllib.parse import quote

from werkzeug.wrappers import Request

from helpr_core import texts
from helpr_core.web import cookies, way

COOKIE = "helpr_language"
PARAMETER = "lang"
YEAR_SECONDS = 365 * 24 * 3600
VARY = ("Accept-Language", "Cookie")


@dataclass(frozen=True, slots=True)
class Choice:
    """A language that can be switched to, and where that is done. `href` is None for this one."""

    tag: str
    name: str
    href: str | None


_page: ContextVar[str] = ContextVar("page", default="/")


def choices() -> tuple[Choice, ...]:
    """Every language, for the page that is being made."""
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
    """Speak that language while a request is answered. What was posted is left by a switch."""
    token = _page.set(quote(request.path) if request.method in ("GET", "HEAD") else way.home())
    try:
        with texts.speaking(tag):
            yield
    finally:
        _page.reset(token)
