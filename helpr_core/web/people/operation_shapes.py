"""Changes that are promised at plex.tv, as the owner sees them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from helpr_core.domain.history import Page
from helpr_core.domain.people_operations import Kind, Operation, State
from helpr_core.texts import say
from helpr_core.web.whole import Whole, shown


class OperationOut(Whole):
    """A promised change at plex.tv, and its progress."""

    operation_id: UUID
    kind: Kind
    person_id: UUID
    server_id: str
    state: State
    attempts: int
    created_at: datetime
    updated_at: datetime
    next_attempt_at: datetime | None = None
    error_code: str | None = None
    error_message: str | None = None


class OperationRow(OperationOut):
    """An operation with its person's name; "" if unknown."""

    name: str


class OperationsOut(Whole):
    """A page of operations, newest first. `total` counts all pages."""

    operations: list[OperationRow]
    total: int
    next_cursor: str | None = None


class OrderedOut(Whole):
    """The order; without an operation, nothing had to be done at plex.tv."""

    operation_id: UUID | None = None
    state: State | None = None


def operation_out(operation: Operation) -> OperationOut:
    """An operation as the owner sees it."""
    told = operation.error_message
    return shown(OperationOut, operation, error_message=told and say(told))


def operations_out(page: Page[Operation], total: int, names: Mapping[UUID, str]) -> OperationsOut:
    """A page of operations."""
    rows = [
        OperationRow(**dict(operation_out(one)), name=names.get(one.person_id, ""))
        for one in page.rows
    ]
    return OperationsOut(operations=rows, total=total, next_cursor=page.next_cursor or None)
