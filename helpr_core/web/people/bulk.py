"""One action for several people, with a result for each."""

from __future__ import annotations

import time
from collections.abc import Callable

from werkzeug.wrappers import Response

from helpr_core import container
from helpr_core.errors import FieldError, InvalidInput, NotFound, NotPossible
from helpr_core.patience import within
from helpr_core.services.people.orders import Ordered, PeopleOrders
from helpr_core.texts import Message, say
from helpr_core.web.call import Call
from helpr_core.web.people.bodies import Action, BulkIn
from helpr_core.web.people.handlers import AT_ONCE_SECONDS
from helpr_core.web.people.shapes import BulkOut, BulkResult
from helpr_core.web.reading import as_id, note, read_body
from helpr_core.web.responses import json_response


def change_people(call: Call) -> Response:
    """POST people/bulk: orders are started at once, and completed by later runs.

    With `dry_run` nothing is ordered: the results only say what would be refused.
    """
    given = read_body(call, BulkIn)
    _check(given)
    people = container.current().people()
    orders = people.tried_orders() if given.dry_run else people.orders()
    results = [_result(orders, given, one) for one in dict.fromkeys(given.person_ids)]
    if given.dry_run:
        return json_response(BulkOut(results=[_without_operation(one) for one in results]))
    ok = sum(one.ok for one in results)
    note(call, f"people_{given.action}", "people", after={"ok": ok, "not": len(results) - ok})
    if any(one.operation_id for one in results):
        with within(AT_ONCE_SECONDS):
            people.run()(_for_a_while())
    return json_response(BulkOut(results=results))


def _without_operation(result: BulkResult) -> BulkResult:
    """Nothing was ordered, so there is no operation to follow."""
    return result.model_copy(update={"operation_id": None})


def _for_a_while() -> Callable[[], bool]:
    """Time for the work done while the owner waits."""
    end = time.monotonic() + AT_ONCE_SECONDS
    return lambda: time.monotonic() < end


def _check(given: BulkIn) -> None:
    """Check that the action has what it needs before changing the first person."""
    needed = {
        Action.EXTEND: ("extend_days", given.extend_days is not None),
        Action.SET_UNTIL: ("until", "until" in given.model_fields_set),
        Action.SET_LIBRARIES: ("libraries", given.libraries is not None),
        Action.TAKE_LIBRARY: ("library", given.library is not None),
        Action.GIVE_LIBRARY: ("library", given.library is not None),
        Action.SET_EXEMPT: ("exempt", given.exempt is not None),
    }
    field, is_there = needed.get(given.action, ("", True))
    if not is_there:
        raise InvalidInput(FieldError(field, Message("field.missing")))
    if given.action is Action.SET_LIBRARIES and not given.libraries:
        raise InvalidInput(FieldError("libraries", Message("people.choose_library")))


def _result(orders: PeopleOrders, given: BulkIn, person_id: str) -> BulkResult:
    try:
        ordered = _order(orders, given, person_id)
    except NotFound as exc:
        return BulkResult(person_id=person_id, ok=False, code=exc.code)
    except NotPossible as exc:
        return BulkResult(person_id=person_id, ok=False, code=exc.code, message=say(exc.words))
    except InvalidInput as exc:
        words = say(exc.errors[0].message)
        return BulkResult(person_id=person_id, ok=False, code=exc.code, message=words)
    done = ordered.operation.operation_id if ordered.operation else None
    return BulkResult(person_id=person_id, ok=True, operation_id=done)


def _order(orders: PeopleOrders, given: BulkIn, person_id: str) -> Ordered:
    who, server_id = as_id(person_id), given.server_id or None
    if given.action is Action.REMOVE:
        return orders.remove(who, server_id)
    if given.action is Action.EXTEND:
        return orders.extend(who, given.extend_days or 0, server_id)
    if given.action is Action.SET_UNTIL:
        return orders.set_until(who, given.until, server_id)
    if given.action is Action.SET_LIBRARIES:
        return orders.set_libraries(who, given.libraries or [], server_id)
    if given.action is Action.TAKE_LIBRARY:
        return orders.take_library(who, given.library or 0, server_id)
    if given.action is Action.GIVE_LIBRARY:
        return orders.give_library(who, given.library or 0, server_id)
    return Ordered(orders.describe(who, exempt=given.exempt))
