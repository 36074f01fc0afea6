"""Records that store nothing, for dry runs: an order shows whether it would be refused."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

from helpr_core.domain.history import Page
from helpr_core.domain.people import Person, Share
from helpr_core.domain.people_operations import Operation, State
from helpr_core.services.people.ports import PersonKeeper


class UnwrittenPeople:
    """People as known; nothing written about them is stored."""

    def __init__(self, people: PersonKeeper) -> None:
        self._people = people

    def get(self, person_id: UUID) -> Person | None:
        """One person with all shares."""
        return self._people.get(person_id)

    def describe(self, person_id: UUID, values: Mapping[str, Any]) -> Person | None:
        """The person as they are."""
        return self._people.get(person_id)

    def change_share(
        self, person_id: UUID, server_id: str, values: Mapping[str, Any]
    ) -> Share | None:
        """Nothing is changed."""
        return None


class UnqueuedOperations:
    """Operations of which nothing is stored, and nothing waits."""

    def add(self, operation: Operation) -> Operation:
        """The operation, which is not stored."""
        return operation

    def page(
        self,
        limit: int,
        cursor: str = "",
        person_id: UUID | None = None,
        states: Collection[State] = (),
        search: str = "",
    ) -> Page[Operation]:
        """None."""
        return Page((), "")

    def cancel(self, operation_id: UUID) -> Operation | None:
        """None is there."""
        return None
