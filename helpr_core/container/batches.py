"""Lists of friends that the owner pastes."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from helpr_core.container.group import Group
from helpr_core.first_use import importing
from helpr_core.once import kept

if TYPE_CHECKING:
    from helpr_core.services.record_ports import BatchLog
    from helpr_core.services.requests.batches import Batches
    from helpr_core.services.upkeep.steps.queue import WorkQueue


class BatchParts(Group):
    """Held by the container."""

    @kept
    def log(self) -> BatchLog:
        """Batches as they are kept."""
        with importing:
            from helpr_core.adapters.sql.batches import SqlBatches

        return SqlBatches(self._container.stores.database())

    @kept
    def queue(self) -> WorkQueue:
        """The queue, which tries whatever is due."""
        parts = self._container
        with importing:
            from helpr_core.services.upkeep.steps.queue import WorkQueue

        return WorkQueue(
            parts.stores.invite_queue(),
            parts.requests.attempt(),
            parts.plex.breaker(),
            parts.stores.state(),
            self._clock,
        )

    @kept
    def batches(self) -> Batches:
        """What the owner does with batches."""
        parts = self._container
        with importing:
            from helpr_core.services.requests.batches import Batches

        return Batches(
            self.log(),
            parts.plex.libraries_of,
            parts.plex.catalog_of,
            parts.people().managed,
            parts.plex.media(),
            parts.plex.breaker(),
            parts.plex.seats(),
            work=lambda turn: self.queue()(turn),
            announce=parts.stores.database_due().expect,
            clock=self._clock,
            new_id=uuid.uuid4,
        )
