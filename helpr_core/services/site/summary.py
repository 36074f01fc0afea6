"""What the form shows of the site: its name, its libraries, and what it asks for."""

from __future__ import annotations

import re
from dataclasses import dataclass

from helpr_core.domain.plex import Library, Server
from helpr_core.services.site.settings import SiteSettings
from helpr_core.texts import text

# Plex makes one of 20 bytes.
_MACHINE_IDENTIFIER = re.compile(r"[0-9a-f]{40}", re.I)


@dataclass(frozen=True, slots=True)
class Site:
    """The public face, which anyone may read. `title` is empty while the owner has written none."""

    title: str
    server_name: str
    welcome: str
    code_required: bool
    approval_required: bool
    paused: bool
    libraries: tuple[Library, ...]
    retention_days: int


def shown_name(setting: str, known: Server | None) -> str:
    """The server's name; PLEX_SERVER_NAME may be a machine identifier, which nobody reads."""
    if known is not None and known.name:
        return known.name
    return text("site.nameless_server") if _MACHINE_IDENTIFIER.fullmatch(setting) else setting


def describe_site(
    server_name: str,
    settings: SiteSettings,
    libraries: tuple[Library, ...],
    *,
    code_required: bool,
) -> Site:
    """The site as the owner set it."""
    return Site(
        title=settings.title,
        server_name=server_name,
        welcome=settings.welcome,
        code_required=code_required,
        approval_required=settings.approval_required,
        paused=settings.paused,
        libraries=libraries,
        retention_days=settings.retention_days,
    )
