"""What somebody who has just got access needs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from helpr_core import container, web
from helpr_core.domain.messages import PLEX_APP
from helpr_core.domain.plex_addresses import server_address
from helpr_core.frozen import dataclass

if TYPE_CHECKING:
    from markupsafe import Markup

    from helpr_core.domain.requests import InviteRequest


@dataclass(frozen=True, slots=True)
class Inside:
    """`address` opens Plex at the server; `needs_pass`: the owner has no Plex Pass, so watching
    away from the server requires one of the friend's own."""

    address: str
    server_name: str
    guide: Markup | str
    needs_pass: bool


def inside_of(row: InviteRequest) -> Inside | None:
    """The details for a request's page; None until the friend has access."""
    if row.accepted_at is None:
        return None
    parts = container.current()
    server = parts.plex.catalog().known()
    machine = row.terms.server or (server.machine_identifier if server else "")
    text = parts.site.settings().shown().guide
    look = parts.plex.owner().known()
    return Inside(
        address=server_address(machine) if machine else PLEX_APP,
        server_name=row.server_name or parts.site.server_name(),
        guide=web.markdown.as_html(text) if text else "",
        needs_pass=look is not None and look.plex_pass is False,
    )
