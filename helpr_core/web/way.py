"""The way back to the form: with the code that a friend came with, whatever page it leads from.

The form has the code in its address. A cookie remembers it for the other pages.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING
from urllib.parse import quote

from helpr_core import container
from helpr_core.errors import HelprError
from helpr_core.web import cookies

if TYPE_CHECKING:
    from werkzeug.wrappers import Request, Response

    from helpr_core.web.call import Call

COOKIE = "helpr_way"
MOST = 255
"""Characters of a code; anything longer is not one."""
_JOIN = "/join/"
_DAYS_SECONDS = 90 * 24 * 3600

_home: ContextVar[str] = ContextVar("home", default="/")


def home() -> str:
    """The address of the form, for the page that is being made."""
    return _home.get()


def join_path(code: str) -> str:
    """The form's address with that code."""
    return _JOIN + quote(code, safe="")


def public_url() -> str:
    """Where friends reach this site, without a slash at its end; empty where nobody said it."""
    try:
        return (container.current().installation.settings().public_url or "").rstrip("/")
    except HelprError:
        return ""


@contextmanager
def walking(request: Request) -> Iterator[None]:
    """Lead back to where this request's friend came in, while it is answered."""
    token = _home.set(_home_of(request))
    try:
        yield
    finally:
        _home.reset(token)


def remember(call: Call, response: Response, code: str) -> None:
    """Have the browser come back with this code."""
    value = code.encode("utf-8", "replace").hex()  # a code may hold what no cookie's value holds
    cookies.set_cookie(call, response, COOKIE, value, _DAYS_SECONDS, path="/", same_site="Lax")


def _home_of(request: Request) -> str:
    codes = (_read(value) for value in cookies.values(request, COOKIE))
    code = next((one for one in codes if one and len(one) <= MOST), "")
    return join_path(code) if code else "/"


def _read(value: str) -> str:
    try:
        return bytes.fromhex(value).decode()
    except ValueError:
        return ""
