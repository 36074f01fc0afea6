"""Whether a page of ours sent a request: another site's must not act in a visitor's name."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from helpr_core import container
from helpr_core.errors import CrossSite, FieldError, InvalidInput, SetupRequired
from helpr_core.texts import Message

if TYPE_CHECKING:
    from helpr_core.web.call import Call

log = logging.getLogger(__name__)

_OURS = ("same-origin", "none")  # none: typed into the address bar, or a bookmark
_USUAL_PORTS = (None, 80, 443)


def require_own_site(call: Call) -> None:
    """Raises CrossSite for what a page of another site sent.

    Browsers say so in Sec-Fetch-Site; those that do not (old ones, and all without HTTPS) say
    in Origin whose page it was. Programs send neither. No page can set or leave out either.
    """
    site = call.request.headers.get("sec-fetch-site", "").strip().lower()
    if site:
        if site not in _OURS:
            raise CrossSite("Sec-Fetch-Site says so")
        return
    origin = call.request.headers.get("origin", "").strip()
    # `null` is what a page says that hides where it comes from. Ours do not: the form's own
    # referrer policy names its origin.
    if origin and _host(origin) not in set(filter(None, _our_hosts(call))):
        log.warning("refused as another site's; behind a proxy set HELPR_PUBLIC_URL")
        raise CrossSite("Origin is not ours")


def own_origin(call: Call) -> str:
    """The origin that the browser names itself, where it is ours; "" where it names none.

    For a request that has passed `require_own_site`.
    """
    given = call.request.headers.get("origin", "").strip()
    return given if given and _host(given) in set(filter(None, _our_hosts(call))) else ""


def own_address(call: Call) -> str:
    """Our own address as this browser has it: what the owner set, else what it says itself in
    Origin, which no page can choose. Never the Host of a request. InvalidInput for neither."""
    given = container.current().installation.base().public_url or own_origin(call)
    if not given:
        raise InvalidInput(FieldError("origin", Message("sign_in.needs_origin")))
    return given.rstrip("/")


def _our_hosts(call: Call) -> Iterator[str]:
    yield _host(call.request.host_url)
    # A proxy may put its own name for us into Host. A page cannot set these headers.
    for name in ("x-forwarded-host", "disguised-host"):
        for host in call.request.headers.get(name, "").split(","):
            if host.strip():
                yield _host(f"//{host.strip()}")
    try:
        public_url = container.current().installation.base().public_url
    except SetupRequired:
        return
    if public_url:
        yield _host(public_url)


def _host(url: str) -> str:
    """Name and port. Not the scheme: a proxy may end HTTPS without our knowing."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return ""
    name = (parts.hostname or "").rstrip(".")
    return name if port in _USUAL_PORTS else f"{name}:{port}"
