"""One table of Azure Tables, with the operations that the state store needs.

Every failure of the service becomes StateUnavailable; what is not a failure (no such row, the row
exists, the row has changed) is a return value. ETags must come from the service: "*" would match
every version.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import Any

from azure.core import MatchConditions
from azure.core.exceptions import (
    HttpResponseError,
    ResourceExistsError,
    ResourceModifiedError,
    ResourceNotFoundError,
)
from azure.core.pipeline import PipelineResponse
from azure.data.tables import (
    TableClient,
    TableEntity,
    TableErrorCode,
    TableTransactionError,
    TransactionOperation,
    UpdateMode,
)

from helpr_core.errors import HelprError, StateUnavailable
from helpr_core.texts import Message

Row = Mapping[str, Any]

_NOT_ALLOWED = Message("state.tables_not_allowed")
_NOT_THERE = Message("state.tables_not_there")

AT_ONCE = 100
"""The most rows in one transaction (https://learn.microsoft.com/rest/api/storageservices/
performing-entity-group-transactions)."""

_ABSENT = (
    TableErrorCode.RESOURCE_NOT_FOUND,
    TableErrorCode.ENTITY_NOT_FOUND,
    TableErrorCode.TABLE_NOT_FOUND,
)


class AzureTable:
    """Rows by (partition, row key). The table is created when a write finds it missing."""

    def __init__(self, client: TableClient) -> None:
        self._client = client

    def read(self, partition: str, row_key: str) -> TableEntity | None:
        """The row, or None."""
        with _translated():
            try:
                return self._client.get_entity(partition, row_key)
            except ResourceNotFoundError as exc:
                if getattr(exc, "error_code", None) in _ABSENT:
                    return None
                raise  # a 404 of something that is not a table service

    def create(self, row: Row) -> str | None:
        """Write if nothing is there: the new ETag, or None if the row exists."""
        with _translated():
            try:
                return self._written(lambda: self._client.create_entity(dict(row)))
            except ResourceExistsError:
                return None

    def overwrite(self, row: Row) -> str:
        """Write, replacing anything there: the new ETag."""
        with _translated():
            return self._written(
                lambda: self._client.upsert_entity(dict(row), mode=UpdateMode.REPLACE)
            )

    def swap(self, row: Row, etag: str) -> str | None:
        """Overwrite that very version: the new ETag, or None if it differs or is gone."""
        with _translated():
            try:
                return _etag(
                    self._client.update_entity(
                        dict(row),
                        mode=UpdateMode.REPLACE,
                        etag=etag,
                        match_condition=MatchConditions.IfNotModified,
                    )
                )
            except (ResourceModifiedError, ResourceNotFoundError):
                return None

    def remove(self, partition: str, row_key: str, etag: str) -> bool:
        """Delete that very version; False if it differs or is gone."""
        statuses: list[int] = []

        def note_status(response: PipelineResponse[Any, Any]) -> None:
            statuses.append(response.http_response.status_code)

        with _translated():
            try:
                self._client.delete_entity(
                    partition,
                    row_key,
                    etag=etag,
                    match_condition=MatchConditions.IfNotModified,
                    raw_response_hook=note_status,
                )
            except ResourceModifiedError:
                return False
        return 404 not in statuses  # which the SDK treats as success

    def remove_all(self, rows: Sequence[TableEntity]) -> int:
        """Delete these versions of rows in one partition, at most AT_ONCE; returns how many.

        In one transaction, or one by one if somebody has written one of them meanwhile.
        """
        deletes = [
            (
                TransactionOperation.DELETE,
                row,
                {"etag": etag_of(row), "match_condition": MatchConditions.IfNotModified},
            )
            for row in rows
        ]
        with _translated():
            try:
                self._client.submit_transaction(deletes)
                return len(rows)
            except TableTransactionError:
                pass
        return sum(self.remove(row["PartitionKey"], row["RowKey"], etag_of(row)) for row in rows)

    def query(self, query_filter: str, select: list[str] | None = None) -> Iterator[TableEntity]:
        """All matching rows, page by page; none if there is no table."""
        with _translated():
            try:
                yield from self._client.query_entities(query_filter, select=select)
            except ResourceNotFoundError as exc:
                if getattr(exc, "error_code", None) not in _ABSENT:
                    raise

    def _written(self, write: Callable[[], Mapping[str, Any]]) -> str:
        try:
            return _etag(write())
        except ResourceNotFoundError:
            # On Azure, Bicep creates the tables; elsewhere the first write does.
            with suppress(ResourceExistsError):
                self._client.create_table()
            return _etag(write())


def etag_of(row: TableEntity) -> str:
    """The ETag that came with a row."""
    return str(row.metadata["etag"])


def _etag(written: Mapping[str, Any]) -> str:
    return str(written["etag"])


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except HelprError:
        raise
    except Exception as exc:  # noqa: BLE001 - no list of types: a key that is no base64, for one
        # `from None`: requests puts the whole address into its text, including the signature if the
        # connection string has one.
        fix = _NOT_ALLOWED if getattr(exc, "status_code", None) in (401, 403) else _NOT_THERE
        found = Message("state.tables_failed", error=_describe(exc))
        raise StateUnavailable(found, fix=fix) from None


def _describe(exc: Exception) -> str:
    words = [type(exc).__name__]
    if isinstance(exc, HttpResponseError) and exc.status_code:
        words.append(str(exc.status_code))
    code = getattr(exc, "error_code", None)
    if isinstance(code, TableErrorCode):  # never the text of the answer
        words.append(code.value)
    return " ".join(words)
