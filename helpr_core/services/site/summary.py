"""What the form shows of the site: its name, its libraries, and what it asks for."""

from __future__ import annotations

from dataclasses import asdict

from helpr_core.domain.plex import Library, Server
from helpr_core.domain.titles import may_be_shown
from helpr_core.frozen import dataclass
from helpr_core.services.site.settings import SiteSettings
from helpr_core.services.site.standing import CLOSED, Standing
from helpr_core.texts import text


@dataclass(frozen=True, slots=True)
class Face:
    """The person behind a page; public information.

    `title` is empty if the owner has not written one, `owner` while the owner's name is unknown,
    `contact` if the owner gives no way to be reached.
    """

    title: str = ""
    server_name: str = ""
    owner: str = ""
    contact: str = ""

    @property
    def name(self) -> str:
        """The site's name; empty while nothing is known about it."""
        return self.title or self.server_name

    @property
    def heading(self) -> str:
        """The title, or otherwise who invites to what."""
        if self.title:
            return self.title
        if self.owner:
            return text("form.heading", owner=self.owner)
        return text("form.heading_nameless", server=self.server_name)


@dataclass(frozen=True, slots=True)
class Site(Face):
    """What the form shows."""

    welcome: str = ""
    code_required: bool = False
    approval_required: bool = False
    standing: Standing = Standing.OPEN
    libraries: tuple[Library, ...] = ()
    retention_days: int = 0

    @property
    def is_closed(self) -> bool:
        """Whether nobody can ask now."""
        return self.standing in CLOSED

    @property
    def promise(self) -> str:
        """What a friend who signs in with Plex can be told now: access at once (`open`), an answer
        by the owner first (`approval`), or neither (`kept`)."""
        if self.approval_required:
            return "approval"
        return "open" if self.standing in (Standing.OPEN, Standing.APPROVAL) else "kept"


def shown_name(setting: str, known: Server | None) -> str:
    """The server's name; PLEX_SERVER_NAME may be a machine identifier, which nobody reads, or
    hold what was pasted into the wrong place."""
    if known is not None and known.name:
        return known.name
    return setting if may_be_shown(setting) else text("site.nameless_server")


def describe_face(server_name: str, settings: SiteSettings, account: str) -> Face:
    """The person behind the site; `account` is the owner's name at Plex, if known."""
    return Face(settings.title, server_name, settings.owner_name or account, settings.contact)


def describe_site(
    server_name: str,
    settings: SiteSettings,
    libraries: tuple[Library, ...],
    standing: Standing = Standing.OPEN,
    account: str = "",
    *,
    code_required: bool,
) -> Site:
    """The site as the owner set it."""
    face = describe_face(server_name, settings, account)
    return Site(
        **asdict(face),
        welcome=settings.welcome,
        code_required=code_required,
        approval_required=settings.approval_required,
        standing=standing,
        libraries=libraries,
        retention_days=settings.retention_days,
    )
