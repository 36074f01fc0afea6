"""What the form shows of the site: its name, what one gets, what one needs."""

from __future__ import annotations

import re
from dataclasses import dataclass

from helpr_core.domain.plex import Library, Server
from helpr_core.services.site.settings import SiteSettings

# Plex makes one of 20 bytes.
_MACHINE_IDENTIFIER = re.compile(r"[0-9a-f]{40}", re.I)
_NAMELESS = "this Plex server"


@dataclass(frozen=True, slots=True)
class Site:
    """The public face. Anyone may read all of it."""

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
    return _NAMELESS if _MACHINE_IDENTIFIER.fullmatch(setting) else setting


def default_title(server_name: str) -> str:
    """The title while the owner has written none."""
    return f"Join {server_name}"


def describe_site(
    server_name: str,
    settings: SiteSettings,
    libraries: tuple[Library, ...],
    *,
    code_required: bool,
) -> Site:
    """The site as the owner set it."""
    return Site(
        title=settings.title or default_title(server_name),
        server_name=server_name,
        welcome=settings.welcome,
        code_required=code_required,
        approval_required=settings.approval_required,
        paused=settings.paused,
        libraries=libraries,
        retention_days=settings.retention_days,
    )
