"""Cookies in a request, in any number of header lines, and in an answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from werkzeug.http import dump_cookie, parse_cookie

from helpr_core import container

if TYPE_CHECKING:
    from werkzeug.wrappers import Request, Response

    from helpr_core.services.owner.devices import Device
    from helpr_core.web.call import Call

REQUESTS = "helpr_requests"
"""The cookie that identifies a friend's browser: see docs/decisions/0016-whose-request.md."""


def values(request: Request, name: str) -> list[str]:
    """The values of the cookies with that name; a neighbouring site may have set one as well."""
    # Servers join several lines of a header with commas, although they must not for this one. None
    # of our cookies' values contains one.
    header = request.headers.get("cookie", "").replace(",", ";")
    return parse_cookie(header).getlist(name)


def friends_browser(call: Call) -> Device | None:
    """The friend's browser, if it has been here before."""
    browsers = container.current().requests.browsers()
    return next(filter(None, map(browsers.find, values(call.request, REQUESTS))), None)


def remember_browser(call: Call, response: Response, token: str) -> None:
    """Have the browser keep that cookie value for 90 days from now."""
    seconds = container.current().requests.browsers().lifetime_seconds
    # The form, the links and the API have no common folder: hence the path.
    set_cookie(call, response, REQUESTS, token, seconds, path="/", same_site="Lax")


def set_cookie(
    call: Call,
    response: Response,
    name: str,
    value: str,
    max_age_seconds: int,
    *,
    path: str,
    same_site: str,
) -> None:
    """Set a cookie that scripts cannot read."""
    cookie = dump_cookie(
        name,
        value,
        max_age_seconds,
        path=path,
        secure=call.is_https,
        httponly=True,
        samesite=same_site,
        sync_expires=False,  # the Functions host answers 500 to most forms of Expires
    )
    response.headers.add("Set-Cookie", cookie)
