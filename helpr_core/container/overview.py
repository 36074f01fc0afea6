"""What the owner looks at: the overview, the connection check, and what runs by itself."""

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
        invite_queue=parts.invite_queue,
        inbox=parts.inbox,
        breaker=parts.breaker,
        housekeeping_runs=parts.housekeeping_runs,
        sightings=parts.sightings,
        settle_decisions=parts.settle_decisions,
        backup_folder=parts.backup_folder,
        clock=parts.utc_now,
        on_azure=parts.on_azure(),
    )


def overview(parts: Container) -> Overview:
    """What is known already."""
    return Overview(
        setting_concerns=parts.setting_concerns,
        invite_log=parts.invite_log,
        invite_history=parts.invite_history,
        people=lambda days, limit: parts.people().glance()(days, limit),
        state=parts.state,
        catalog=parts.catalog,
        libraries=parts.libraries,
        seats=parts.seats,
        upkeep=parts.upkeep,
    )


def connection_check(parts: Container) -> ConnectionCheck:
    """What is asked now."""
    return ConnectionCheck(
        setting_concerns=parts.setting_concerns,
        media=parts.media,
        catalog=parts.catalog,
        libraries=parts.libraries,
        seats=parts.seats,
        identity=parts.identity,
        invite_log=parts.invite_log,
        invite_history=parts.invite_history,
        state=parts.state,
        upkeep=parts.upkeep,
    )
