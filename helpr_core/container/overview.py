"""What the owner sees: the overview, the connection check, and the background work."""

from __future__ import annotations

from typing import TYPE_CHECKING

from helpr_core.services.upkeep.background import Upkeep
from helpr_core.services.upkeep.checks import ConnectionCheck
from helpr_core.services.upkeep.overview import Overview

if TYPE_CHECKING:
    from helpr_core.container import Container


def upkeep(parts: Container) -> Upkeep:
    """Queue, inbox, breaker and timer."""
    return Upkeep(
        invite_queue=parts.stores.invite_queue,
        inbox=parts.requests.inbox,
        breaker=parts.plex.breaker,
        housekeeping_runs=parts.upkeep.runs,
        sightings=parts.upkeep.sightings,
        settle_decisions=parts.stores.settle_decisions,
        backup_folder=parts.backup.folder,
        channel_log=lambda: parts.notices().channel_log(),
        names_channels=bool(parts.installation.settings().notify_addresses),
        clock=parts.installation.utc_now,
        on_azure=parts.installation.on_azure(),
    )


def overview(parts: Container) -> Overview:
    """The overview of what is already known."""
    return Overview(
        setting_concerns=parts.upkeep.setting_concerns,
        invite_log=parts.stores.invite_log,
        invite_history=parts.stores.invite_history,
        people=lambda days, limit: parts.people().summary()(days, limit),
        state=parts.stores.state,
        catalog=parts.plex.catalog,
        libraries=parts.plex.libraries,
        seats=parts.plex.seats,
        account=parts.plex.owner,
        reception=parts.site.reception,
        upkeep=parts.upkeep.background,
        token_source=parts.installation.token_source(),
        clock=parts.installation.utc_now,
    )


def connection_check(parts: Container) -> ConnectionCheck:
    """The live check."""
    return ConnectionCheck(
        setting_concerns=parts.upkeep.setting_concerns,
        channel_concerns=lambda: parts.notices().channels().concerns(),
        media=parts.plex.media,
        catalog=parts.plex.catalog,
        libraries=parts.plex.libraries,
        seats=parts.plex.seats,
        identity=parts.stores.identity,
        invite_log=parts.stores.invite_log,
        invite_history=parts.stores.invite_history,
        state=parts.stores.state,
        upkeep=parts.upkeep.background,
        links=lambda: parts.links().check(),
        people=lambda: parts.people().summary()(0, 0),
        token_source=parts.installation.token_source(),
        clock=parts.installation.utc_now,
    )
