"""One request, and what the handlers need to know about it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import field
from functools import cached_property
from typing import TYPE_CHECKING

from werkzeug.wrappers import Request, Response

from helpr_core import container
from helpr_core.domain.audit import FRIEND, Actor, Door
from helpr_core.domain.clients import Group
from helpr_core.domain.transport import came_over_https
from helpr_core.errors import SetupRequired
from helpr_core.frozen import dataclass
from helpr_core.web.client_address import PEER_HEADER, client_groups, divided, doubt_about
from helpr_core.web.negotiation import prefers_html

if TYPE_CHECKING:
    from helpr_core.services.owner.sessions import Session

# The host checks the key, but does not tell the app which one it was.
KEY_HOLDER = Actor(Door.KEY, "function key")


@dataclass(frozen=True)
class Call:
    """`actor` is who acts, and in this call; `path_params` is what the path held; `session`
    is the one that let the caller in, if one did."""

    request: Request
    reference: str
    actor: Actor = FRIEND
    path_params: Mapping[str, str] = field(default_factory=dict)
    session: Session | None = None

    @property
    def wants_html(self) -> bool:
        """Whether a browser asks for a page, rather than a program for JSON."""
        return prefers_html(self.request.accept_mimetypes)

    @property
    def is_https(self) -> bool:
        """Whether the browser connected over HTTPS, to us or to a trusted proxy."""
        return is_https(self.request)

    @cached_property
    def client(self) -> tuple[Group, ...]:
        """The client and its networks, as keyed hashes: enough for counting, but not for
        identifying."""
        return _hashed(client_groups(headers_of(self.request), self._trusted_hops))

    @cached_property
    def divided_client(self) -> tuple[Group, ...]:
        """The same for the owner's door: behind an untrusted proxy, others must not use up its
        whole limit."""
        return _hashed(divided(headers_of(self.request), self._trusted_hops))

    @property
    def client_key(self) -> str:
        """The client alone."""
        return self.client[0].key

    @cached_property
    def _trusted_hops(self) -> int:
        """How many proxies are trusted. If that seems wrong, the owner is warned."""
        parts = container.current()
        hops = parts.installation.settings().trusted_proxy_hops
        doubt = doubt_about(headers_of(self.request), hops)
        if doubt is not None:
            parts.upkeep.sightings().note_doubt(doubt)
        return hops


def _hashed(groups: tuple[Group, ...]) -> tuple[Group, ...]:
    keyed_hash = container.current().installation.keyed_hash
    return tuple(Group(keyed_hash("client", key)[:32], factor) for key, factor in groups)


Handler = Callable[[Call], Response]


def is_https(request: Request) -> bool:
    """Whether that request came over HTTPS; while settings are missing, judged by its address."""
    try:
        settings = container.current().installation.base()
    except SetupRequired:
        return came_over_https(f"{request.scheme}://", {}, 0, None)
    return came_over_https(
        f"{request.scheme}://",
        headers_of(request),
        settings.trusted_proxy_hops,
        settings.public_url,
    )


def headers_of(request: Request) -> dict[str, str]:
    """Headers by lower-case name, with the connection's real peer, whatever the request claims."""
    headers = {name.lower(): value for name, value in request.headers}
    return headers | {PEER_HEADER: request.remote_addr or ""}
