"""Operations: what was promised to be done at plex.tv."""

from __future__ import annotations

from werkzeug.wrappers import Response

from helpr_core import container
from helpr_core.domain.people_operations import Operation
from helpr_core.errors import NotFound, NotPossible
from helpr_core.texts import Message
from helpr_core.web.call import Call
from helpr_core.web.people import bodies, operation_shapes
from helpr_core.web.people.handlers import target
from helpr_core.web.reading import note, path_id, read_query
from helpr_core.web.responses import json_response


def list_operations(call: Call) -> Response:
    """GET operations: newest first, each with its person's name."""
    query = read_query(call, bodies.OperationsQuery)
    people = container.current().people()
    page = people.operations().page(
        query.limit, query.cursor, states=query.state, search=query.search
    )
    counts = people.operations().counts(query.search)
    total = sum(counts[state] for state in counts if not query.state or state in query.state)
    names = people.log().names({one.person_id for one in page.rows})
    return json_response(operation_shapes.operations_out(page, total, names))


def get_operation(call: Call) -> Response:
    """GET operations/{operation_id}."""
    operation = container.current().people().operations().get(path_id(call, "operation_id"))
    if operation is None:
        raise NotFound("no such operation")
    return json_response(operation_shapes.operation_out(operation))


def retry_operation(call: Call) -> Response:
    """POST operations/{operation_id}/retry: due now."""
    people = container.current().people()
    wanted = path_id(call, "operation_id")
    container.current().stores.database_due().expect()
    return _changed(call, "operation_retried", people.operations().retry(wanted), 202)


def cancel_operation(call: Call) -> Response:
    """DELETE operations/{operation_id}: cancel one that is not under way."""
    people = container.current().people()
    cancelled = people.operations().cancel(path_id(call, "operation_id"))
    if cancelled is not None:
        people.orders().let_go(cancelled)
    return _changed(call, "operation_cancelled", cancelled, 200)


def _changed(call: Call, action: str, operation: Operation | None, status: int) -> Response:
    if operation is None:
        get_operation(call)  # NotFound if there is none
        raise NotPossible(Message("people.operation_state"))
    note(call, action, target(operation.person_id), after={"kind": operation.kind.value})
    return json_response(operation_shapes.operation_out(operation), status)
