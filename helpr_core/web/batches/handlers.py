"""Batches: dry run, opening, progress, and calling off what has not begun."""

from __future__ import annotations

from uuid import UUID, uuid4

from werkzeug.wrappers import Response

from helpr_core import container
from helpr_core.domain.batches import Verdict
from helpr_core.web.batches import shapes
from helpr_core.web.call import Call
from helpr_core.web.reading import note, path_id, read_body, read_query
from helpr_core.web.responses import json_response


def post_batch(call: Call) -> Response:
    """POST batches: what would happen to each line, or the batch opened."""
    given = read_body(call, shapes.BatchIn, most_bytes=shapes.MOST_BYTES)
    batches = container.current().batches.batches()
    if given.dry_run:
        batch_id = given.batch_id or uuid4()
        return json_response(shapes.dry_run_out(batches.preview(given.wish()), batch_id))
    opened = batches.open(given.wish(), given.batch_id, call.actor)
    if opened.is_new:
        counted = {"lines": len(opened.lines), "invites": opened.count(Verdict.INVITE)}
        note(call, "batch_opened", target(opened.batch_id), after=counted)
    return json_response(shapes.BatchOpenedOut(batch_id=opened.batch_id), 202)


def list_batches(call: Call) -> Response:
    """GET batches: newest first."""
    query = read_query(call, shapes.BatchesQuery)
    log = container.current().batches.log()
    page = log.page(query.limit, query.cursor)
    return json_response(shapes.batches_out(page, log.count()))


def get_batch(call: Call) -> Response:
    """GET batches/{batch_id}: how far it has come."""
    query = read_query(call, shapes.BatchQuery)
    batches, wanted = container.current().batches.batches(), path_id(call, "batch_id")
    batch = batches.find(wanted)
    return json_response(shapes.batch_out(batch, batches.lines(wanted) if query.lines else None))


def cancel_batch(call: Call) -> Response:
    """POST batches/{batch_id}/cancel: call off what has not begun."""
    wanted = path_id(call, "batch_id")
    cancelled = container.current().batches.batches().cancel(wanted, call.actor)
    if cancelled:
        note(call, "batch_cancelled", target(wanted), after={"cancelled": cancelled})
    return json_response(shapes.CancelledOut(cancelled=cancelled))


def target(wanted: UUID) -> str:
    """Its name in the audit log."""
    return f"batch:{wanted}"
