"""Assembles the parts, once per warm worker: the only importer of adapters.

Each subject's parts are a group in a module of this package. Everything is imported and built at
first use, because a cold start pays for each import.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from helpr_core.clock import Clock, utc_now
from helpr_core.container.backup import BackupParts
from helpr_core.container.batches import BatchParts
from helpr_core.container.installation import Installation
from helpr_core.container.owner import OwnerParts
from helpr_core.container.plex import PlexParts
from helpr_core.container.requests import RequestParts
from helpr_core.container.site import SiteParts
from helpr_core.container.stores import Stores
from helpr_core.container.upkeep import UpkeepParts
from helpr_core.errors import HelprError
from helpr_core.first_use import importing
from helpr_core.once import Once, kept

if TYPE_CHECKING:
    from helpr_core.container.links import LinkParts
    from helpr_core.container.notices import NoticeParts
    from helpr_core.container.people import PeopleParts
    from helpr_core.container.set_up import SetUpParts
    from helpr_core.container.sign_ins import SignInParts
    from helpr_core.services.site.summary import Face

log = logging.getLogger(__name__)


class Container:
    """Everything that lives as long as the worker. Each part is built at its first call, which
    raises SetupRequired while settings that it needs are missing."""

    def __init__(self, environ: Mapping[str, str], clock: Clock = utc_now) -> None:
        self.parts: dict[str, Once[Any]] = {}
        self.installation = Installation(environ, clock)
        self.installation.made_in_browser = lambda: self.set_up().settings()
        self.stores = Stores(self)
        self.plex = PlexParts(self)
        self.requests = RequestParts(self)
        self.batches = BatchParts(self)
        self.site = SiteParts(self)
        self.owner = OwnerParts(self)
        self.upkeep = UpkeepParts(self)
        self.backup = BackupParts(self)

    @kept
    def people(self) -> PeopleParts:
        """Who has access, and what is promised about it."""
        with importing:
            from helpr_core.container.people import PeopleParts

        return PeopleParts(self)

    @kept
    def links(self) -> LinkParts:
        """Addresses that the owner hands out."""
        with importing:
            from helpr_core.container.links import LinkParts

        return LinkParts(self)

    @kept
    def notices(self) -> NoticeParts:
        """Notices to the owner and mails to friends."""
        with importing:
            from helpr_core.container.notices import NoticeParts

        return NoticeParts(self)

    @kept
    def set_up(self) -> SetUpParts:
        """The set-up in the browser."""
        with importing:
            from helpr_core.container.set_up import SetUpParts

        return SetUpParts(self)

    @kept
    def sign_ins(self) -> SignInParts:
        """Friends' sign-ins with Plex."""
        with importing:
            from helpr_core.container.sign_ins import SignInParts

        return SignInParts(self)


_current: Once[Container] = Once(lambda: Container(os.environ))


def current() -> Container:
    """This worker's container."""
    return _current.get()


def face() -> Face:
    """The server and owner behind a page, as far as known: a page about an error is shown
    regardless."""
    with importing:
        from helpr_core.services.site.summary import Face

    try:
        return current().site.face()
    except HelprError:
        return Face()
    except Exception as exc:  # noqa: BLE001 - the page about a failure must not fail by the same
        log.warning("who invites is not known for a page error=%s", type(exc).__name__)
        return Face()


def function_keys() -> tuple[str, ...]:
    """The keys that a server without a Functions host accepts on protected functions."""
    return current().installation.function_keys()


def install(build: Callable[[], Container]) -> None:
    """Replace the container: for tests, and to read settings again."""
    global _current
    _current = Once(build)
