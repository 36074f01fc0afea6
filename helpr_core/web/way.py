"""The way back to the form, from any page: with the code that a friend came with.

The form has the code in its address. A cookie remembers it for the other pages.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING
from urllib.parse import quote

from helpr_core import container
from helpr_core.domain.transport import host_asked_for
from helpr_core.errors import HelprError
from helpr_core.web import cookies
from helpr_core.web.call import headers_of, is_https

if TYPE_CHECKING:
    from werkzeug.wrappers import Request, Response

    from helpr_core.web.call import Call

COOKIE = "helpr_way"
MOST = 255
"""The most characters in a code; anything longer is not one."""
_JOIN = "/join/"
_DAYS_SECONDS = 90 * 24 * 3600

_home: ContextVar[str] = ContextVar("home", default="/")
_asked: ContextVar[Request | None] = ContextVar("asked", default=None)


def home() -> str:
    """The address of the form, for the current page."""
    return _home.get()


def join_path(code: str) -> str:
    """The form's address with that code."""
    return _JOIN + quote(code, safe="")


def site_address() -> str:
    """Where friends reach this site, without a trailing slash: the owner's setting, or else the
    address of the current request, which a preview in a messenger asked for; "" if unknown.

    For what only describes the page. No link is made of a request's Host.
    """
    request = _asked.get()
    try:
        settings = container.current().installation.base()
    except HelprError:
        return ""
    if settings.public_url or request is None:
        return (settings.public_url or "").rstrip("/")
    host = host_asked_for(request.host, headers_of(request), settings.trusted_proxy_hops)
    scheme = "https" if is_https(request) else "http"
    return f"{scheme}://{host}" if host else ""


@contextmanager
def walking(request: Request) -> Iterator[None]:
    """While this request is answered, lead back to where its friend came in."""
    token, asked = _home.set(_home_of(request)), _asked.set(request)
    try:
        yield
    finally:
        _home.reset(token)
        _asked.reset(asked)


def lead_to(code: str) -> None:
    """From here on the current page leads back to the form with this code, whatever the cookie
    says: it was set by an earlier link, or is only on its way."""
    _home.set(join_path(code))


def lead_without(code: str) -> None:
    """From here on the current page does not lead back to the form with this code, which lets
    nobody in."""
    if home() == join_path(code):
        _home.set("/")


def remember(call: Call, response: Response, code: str) -> None:
    """Have the browser remember this code."""
    value = code.encode(
        "utf-8", "replace"
    ).hex()  # a code may contain characters that a cookie's value cannot
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
