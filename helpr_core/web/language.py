"""The language of a request: the one that was switched to, else the browser's.

A page is switched by a link to itself with `?lang=de`, which works without JavaScript; a cookie
remembers it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from urllib.parse import urlsplit

from helpr_core import texts
from helpr_core.web.negotiation import accepted

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


def switched_to(parameters: Mapping[str, str]) -> str | None:
    """The language that the address asks for."""
    return _known(parameters.get(PARAMETER, ""))


def language_of(headers: Mapping[str, str], parameters: Mapping[str, str], remembered: str) -> str:
    """The language to answer in; `remembered` is the cookie's value."""
    chosen = switched_to(parameters) or _known(remembered)
    wanted = (_known(tag) for tag in accepted(headers.get("accept-language", "")))
    return chosen or next(filter(None, wanted), texts.ENGLISH)


@contextmanager
def speaking(tag: str, method: str, url: str) -> Iterator[None]:
    """Speak that language while a request is answered. What was posted is left by a switch."""
    token = _page.set(urlsplit(url).path if method in ("GET", "HEAD") else "/")
    try:
        with texts.speaking(tag):
            yield
    finally:
        _page.reset(token)


def _known(tag: str) -> str | None:
    """The language for a tag: `de` also for `de-AT`."""
    tag = tag.strip().lower()
    by_tag = {one.lower(): one for one in texts.tags()}
    return by_tag.get(tag) or by_tag.get(tag.partition("-")[0])
