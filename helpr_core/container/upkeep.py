"""Background work, and what the owner sees of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from helpr_core.container.group import Group
from helpr_core.first_use import importing
from helpr_core.once import kept

if TYPE_CHECKING:
    from helpr_core.services.upkeep.background import Upkeep
    from helpr_core.services.upkeep.checks import ConnectionCheck
    from helpr_core.services.upkeep.housekeeping import Housekeeping
    from helpr_core.services.upkeep.overview import Overview
    from helpr_core.services.upkeep.runs import Runs
    from helpr_core.services.upkeep.setting_concerns import SettingConcerns
    from helpr_core.services.upkeep.sightings import Sightings


class UpkeepParts(Group):
    """Held by the container."""

    @kept
    def housekeeping(self) -> Housekeeping:
        """The work done every few minutes."""
        with importing:
            from helpr_core.container.housekeeping import housekeeping

        return housekeeping(self._container)

    @kept
    def runs(self) -> Runs:
        """When housekeeping ran."""
        with importing:
            from helpr_core.services.upkeep.runs import Runs

        return Runs(self._container.stores.state(), self._clock)

    @kept
    def sightings(self) -> Sightings:
        """Sightings that the owner should know about."""
        parts = self._container
        with importing:
            from helpr_core.services.upkeep.sightings import Sightings

        return Sightings(
            parts.stores.state(),
            self._clock,
            parts.installation.settings().trusted_proxy_hops,
        )

    @kept
    def background(self) -> Upkeep:
        """What the owner sees of the background work."""
        with importing:
            from helpr_core.container import overview

        return overview.upkeep(self._container)

    @kept
    def setting_concerns(self) -> SettingConcerns:
        """What the owner should change in settings that work.

        A part that notices more of this while running is one more source here: a method that
        returns Concerns for all workers, and so from the state store.
        """
        with importing:
            from helpr_core.services.site.site_code import concerns_about
            from helpr_core.services.upkeep.setting_concerns import SettingConcerns

        installation, site = self._container.installation, self._container.site
        return SettingConcerns(
            [*installation.settings().concerns(), *installation.misspelt()],
            (self.sightings().concerns, lambda: concerns_about(site.settings().code())),
            installation.missing_administrator(),
        )

    @kept
    def overview(self) -> Overview:
        """The overview."""
        with importing:
            from helpr_core.container import overview

        return overview.overview(self._container)

    @kept
    def connection_check(self) -> ConnectionCheck:
        """What works and what does not, layer by layer."""
        with importing:
            from helpr_core.container import overview

        return overview.connection_check(self._container)
