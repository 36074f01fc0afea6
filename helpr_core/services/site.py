"""What the form shows of the site: its name, what one gets, what one needs."""

from __future__ import annotations

from dataclasses import dataclass

from helpr_core.domain.plex import Library


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


def describe_site(server_name: str, code_required: bool, libraries: tuple[Library, ...]) -> Site:
    """The site as the settings alone make it."""
    return Site(
        title=f"Join {server_name}",
        server_name=server_name,
        welcome="",
        code_required=code_required,
        approval_required=False,
        paused=False,
        libraries=libraries,
    )
