"""Whether our own page sent a request: another site's must not act in a visitor's name."""

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
    """Raises CrossSite for requests sent by another site's page.

    Browsers say so in Sec-Fetch-Site; those that do not (old ones, and all without HTTPS) name the
    page's origin in Origin. Programs send neither. No page can set or omit either.
    """
    site = call.request.headers.get("sec-fetch-site", "").strip().lower()
    if site:
        if site not in _OURS:
            raise CrossSite("Sec-Fetch-Site says so")
        return
    origin = call.request.headers.get("origin", "").strip()
    # `null` comes from pages that hide their origin. Ours do not: the form's own referrer policy
    # sends it.
    if origin and _host(origin) not in set(filter(None, _our_hosts(call))):
        log.warning("refused as another site's; behind a proxy set HELPR_PUBLIC_URL")
        raise CrossSite("Origin is not ours")


def own_origin(call: Call) -> str:
    """The origin named by the browser, if it is ours; "" if it names none.

    For a request that has passed `require_own_site`.
    """
    given = call.request.headers.get("origin", "").strip()
    return given if given and _host(given) in set(filter(None, _our_hosts(call))) else ""


def own_address(call: Call) -> str:
    """Our own address as this browser has it: the owner's setting, or else the browser's Origin,
    which no page can choose. Never a request's Host. InvalidInput if there is neither."""
    given = container.current().installation.base().public_url or own_origin(call)
    if not given:
        raise InvalidInput(FieldError("origin", Message("sign_in.needs_origin")))
    return given.rstrip("/")


def _our_hosts(call: Call) -> Iterator[str]:
    yield _host(call.request.host_url)
    # A proxy may put its own name for us into Host. Pages cannot set these headers.
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
    """Name and port. Not the scheme: a proxy may terminate HTTPS without our knowledge."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return ""
    name = (parts.hostname or "").rstrip(".")
    return name if port in _USUAL_PORTS else f"{name}:{port}"
