"""People: the list, one person, and changes to their access."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from werkzeug.wrappers import Response

from helpr_core import container
from helpr_core.domain.people_operations import State
from helpr_core.errors import FieldError, InvalidInput, NotFound
from helpr_core.patience import within
from helpr_core.services.people.orders import Ordered
from helpr_core.services.people.ports import PeopleFilter
from helpr_core.texts import Message
from helpr_core.web.call import Call
from helpr_core.web.endpoint import MERGE_PATCH
from helpr_core.web.people import bodies, operation_shapes, shapes
from helpr_core.web.reading import as_id, note, path_id, read_body, read_query
from helpr_core.web.responses import json_response

AT_ONCE_SECONDS = 5.0
"""What is done and read back within this time is answered as done."""
_STORY = 100


def list_people(call: Call) -> Response:
    """GET people: everybody who has or had access, a page at a time; no call to plex.tv."""
    query = read_query(call, bodies.PeopleQuery)
    people = container.current().people()
    page = people.log().page(query.filter(), query.limit, query.cursor)
    people.reading().note_look()
    total = people.log().count(query.filter())
    keys = {key for one in page.rows for key in one.identity_keys}
    newest = container.current().stores.invite_history().newest_of(keys)
    servers, last = people.log().servers(), people.log().last_reading()
    return json_response(shapes.people_out(page, total, servers, last, newest))


def get_person(call: Call) -> Response:
    """GET people/{person_id}: one person's whole history."""
    return json_response(story_of(path_id(call, "person_id"), _STORY))


def story_of(person_id: UUID, most: int) -> shapes.PersonStory:
    """A person with the newest requests, operations and events, up to a limit. Raises NotFound."""
    parts = container.current()
    person = parts.people().log().get(person_id)
    if person is None:
        raise NotFound("no such person")
    operations = parts.people().operations().page(most, person_id=person_id).rows
    events = parts.stores.audit_log().page(most, target=target(person_id)).rows
    requests = parts.stores.invite_history().of_person(person.identity_keys, most)
    return shapes.story_out(person, requests, operations, events)


def patch_person(call: Call) -> Response:
    """PATCH people/{person_id}: a note, and whether the person is exempt."""
    wanted = path_id(call, "person_id")
    given = read_body(call, bodies.PersonIn, MERGE_PATCH).given()
    person = container.current().people().orders().describe(wanted, **given)
    note(call, "person_changed", target(wanted), after=given)
    return json_response(shapes.person_out(person))


def put_libraries(call: Call) -> Response:
    """PUT people/{person_id}/libraries: exactly these."""
    given = read_body(call, bodies.PersonLibrariesIn)
    wanted = path_id(call, "person_id")
    orders = container.current().people().orders()
    ordered = orders.set_libraries(wanted, given.libraries, given.server_id or None)
    return _ordered(call, "person_libraries", ordered, {"libraries": given.libraries})


def put_access(call: Call) -> Response:
    """PUT people/{person_id}/access: until when."""
    given = read_body(call, bodies.AccessIn)
    wanted = path_id(call, "person_id")
    orders = container.current().people().orders()
    server_id = given.server_id or None
    if given.extend_days is not None and "until" in given.model_fields_set:
        raise InvalidInput(FieldError("until", Message("people.until_and_days")))
    if given.extend_days is not None:
        ordered = orders.extend(wanted, given.extend_days, server_id)
    elif "until" in given.model_fields_set:
        ordered = orders.set_until(wanted, given.until, server_id)
    else:
        raise InvalidInput(FieldError("until", Message("people.until_missing")))
    return _ordered(
        call, "person_access", ordered, given.model_dump(mode="json", exclude_unset=True)
    )


def put_restrictions(call: Call) -> Response:
    """PUT people/{person_id}/restrictions: fields not sent stay."""
    given = read_body(call, bodies.RestrictionsIn)
    fields = given.model_dump(mode="json", exclude_none=True)
    if not fields:
        raise InvalidInput(FieldError("body", Message("people.nothing_sent")))
    wanted = path_id(call, "person_id")
    people = container.current().people()
    people.allowed(fields)
    return _ordered(
        call, "person_restrictions", people.orders().set_restrictions(wanted, fields), fields
    )


def delete_person(call: Call) -> Response:
    """DELETE people/{person_id}: end the access to a server."""
    query = read_query(call, bodies.ServerQuery)
    orders = container.current().people().orders()
    ordered = orders.remove(path_id(call, "person_id"), query.server_id or None)
    return _ordered(call, "person_removed", ordered, {})


def resend(call: Call) -> Response:
    """POST people/{person_id}/resend: cancel the pending invitation, and invite again."""
    query = read_query(call, bodies.ServerQuery)
    orders = container.current().people().orders()
    ordered = orders.resend(path_id(call, "person_id"), query.server_id or None)
    return _ordered(call, "person_invited_again", ordered, {})


def refresh(call: Call) -> Response:
    """POST people/refresh: read plex.tv now: two calls."""
    people = container.current().people()
    query = read_query(call, bodies.RefreshQuery)
    people.reading().refresh(for_owner=True, confirm=query.confirm)
    last = people.log().last_reading()
    note(call, "people_refreshed", "people", after={"reading": last.verdict.value})
    return json_response(
        shapes.ReadingOut(
            reading=last.verdict, reading_code=last.code or None, read_at=last.read_at
        )
    )


def list_drift(call: Call) -> Response:
    """GET drift: what differs from what was promised."""
    query = read_query(call, bodies.PagesQuery)
    wanted = PeopleFilter(drift=True, search=query.search)
    log = container.current().people().log()
    page = log.page(wanted, query.limit, query.cursor)
    return json_response(shapes.drift_out(page, log.count(wanted)))


def settle_drift(call: Call) -> Response:
    """POST drift/{drift_id}: adopt it, put it right, remove the person, or ignore it."""
    given = read_body(call, bodies.DriftIn)
    person, _, rest = call.path_params.get("drift_id", "").partition(":")
    server_id, _, kind = rest.rpartition(":")
    orders = container.current().people().orders()
    ordered = orders.settle_drift(as_id(person), server_id, kind, given.action)
    return _ordered(call, "drift_settled", ordered, {"kind": kind, "action": given.action})


def _ordered(call: Call, action: str, ordered: Ordered, after: dict[str, Any]) -> Response:
    """Start the order at once: usually it is done before the owner looks up."""
    note(call, action, target(ordered.person.person_id), after=after)
    if ordered.operation is None:
        return json_response(operation_shapes.OrderedOut())
    operation_id = ordered.operation.operation_id
    people = container.current().people()
    with within(AT_ONCE_SECONDS):
        people.run()(_once(), only=operation_id)
    operation = people.operations().get(operation_id) or ordered.operation
    done = operation.state is State.DONE
    out = operation_shapes.OrderedOut(operation_id=operation_id, state=operation.state)
    return json_response(out, 200 if done else 202)


def _once() -> Callable[[], bool]:
    """Time for one attempt: later runs of housekeeping make the others."""
    rounds = iter((True, True))
    return lambda: next(rounds, False)


def target(person_id: UUID) -> str:
    """The person's name in the audit log, where a bare id is a request's."""
    return f"person:{person_id}"
