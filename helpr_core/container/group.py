"""The base of every group of parts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from helpr_core.once import Once

if TYPE_CHECKING:
    from helpr_core.container import Container


class Group:
    """One subject's parts, held by the container, through which they reach other parts."""

    def __init__(self, container: Container) -> None:
        self.parts: dict[str, Once[Any]] = {}
        self._container = container
        self._clock = container.installation.utc_now
