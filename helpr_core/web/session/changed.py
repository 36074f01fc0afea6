"""A way into the dashboard was added, taken away or weakened: written down, and the owner is told
as of a new browser."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from helpr_core import container
from helpr_core.domain.notices import WAY_IN_CHANGED, WayInChange
from helpr_core.web.reading import note

if TYPE_CHECKING:
    from helpr_core.web.call import Call


def note_change(
    call: Call,
    change: WayInChange,
    target: str,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
) -> None:
    """Into the audit log, and to the owner's channels."""
    note(call, change.value, target, before, after)
    tell_change(change)


def tell_change(change: WayInChange) -> None:
    """To the owner's channels."""
    container.current().notices().say(WAY_IN_CHANGED, change=change.value)
