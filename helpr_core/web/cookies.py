"""Cookies of a request, however many header lines brought them, and of an answer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from helpr_core import container

if TYPE_CHECKING:
    import azure.functions as func

    from helpr_core.services.owner.devices import Device
    from helpr_core.web.endpoint import Call

REQUESTS = "helpr_requests"
"""Whose requests are shown here: the browser's, see docs/decisions/0016-whose-request.md."""


def values(headers: Mapping[str, str], name: str) -> Iterator[str]:
    """The values of the cookies of that name; `headers` have lower-case names."""
    # A server joins several lines of one header with commas, though of this one it must not. None
    # of our cookies' values holds one.
    for cookie in headers.get("cookie", "").replace(",", ";").split(";"):
        found, _, value = cookie.strip().partition("=")
        if found == name:
            yield value


def set_cookie(
    name: str, value: str, max_age_seconds: int, *, path: str, same_site: str, secure: bool
) -> str:
    """A Set-Cookie header's value; `value` is of A-Z a-z 0-9 - _ . ~, which the host leaves alone.

    Max-Age and no Expires: the Functions host answers 500 to most forms of the latter.
    """
    attributes = f"Max-Age={max_age_seconds}; Path={path}; HttpOnly; SameSite={same_site}"
    return f"{name}={value}; {attributes}{'; Secure' if secure else ''}"


def friends_browser(call: Call) -> Device | None:
    """The browser that a friend asks from, if it has been here before."""
    browsers = container.current().browsers()
    given = values(call.request.headers, REQUESTS)
    return next(filter(None, map(browsers.find, given)), None)


def remember_browser(call: Call, response: func.HttpResponse, token: str) -> None:
    """Have the browser keep that value of our cookie, for 90 days from now."""
    seconds = container.current().browsers().lifetime_seconds
    # The form, the links and the API are below no folder of their own: hence the path.
    cookie = set_cookie(REQUESTS, token, seconds, path="/", same_site="Lax", secure=call.is_https)
    response.headers.add("Set-Cookie", cookie)
