"""What links need from outside."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Protocol
from uuid import UUID

from helpr_core.domain.audit import Actor
from helpr_core.domain.history import Page
from helpr_core.domain.links import Link, LinkState, Statistics
from helpr_core.frozen import dataclass


@dataclass(frozen=True, slots=True)
class LinkFilter:
    """Which links are wanted; an empty field does not filter. `search` is part of the label.
    `state` is the state at the time `at`, aware UTC, which is given with it.
    """

    search: str = ""
    enabled: bool | None = None
    state: LinkState | None = None
    at: datetime | None = None


class Links(Protocol):
    """The table of links. Raises LogUnavailable when the database does not answer.

    Each change leaves an event, in the same transaction; `by` is who makes it.
    """

    def add(self, link: Link, by: Actor) -> Link:
        """Add a new link. Raises CodeTaken if another has its code."""

    def change(self, link: Link, before: Link, by: Actor, kind: str) -> Link | None:
        """Write the fields that the owner can set; the event says what differs from `before`.

        Uses and codes that did not change stay as they are in the database. None if the link no
        longer exists. Raises CodeTaken.
        """

    def get(self, link_id: UUID) -> Link | None:
        """The link, unless it was deleted."""

    def find(self, code: str) -> Link | None:
        """The link with that code, however written; its `code` is empty.

        Finds a deleted link only if no other has taken its code.
        """

    def page(self, wanted: LinkFilter, limit: int, cursor: str = "") -> Page[Link]:
        """Newest first, without deleted ones; InvalidInput for a cursor that is not ours."""

    def count(self, wanted: LinkFilter) -> int:
        """How many are wanted, on all pages."""

    def statistics(self, link_ids: Collection[UUID]) -> Mapping[UUID, Statistics]:
        """The outcomes of the requests made with each of these links."""
