"""A batch's results, as a file for a spreadsheet."""

from __future__ import annotations

from werkzeug.wrappers import Response

from helpr_core import container
from helpr_core.domain.batches import BatchLine
from helpr_core.texts import say
from helpr_core.web.batches.handlers import target
from helpr_core.web.batches.shapes import sentence
from helpr_core.web.call import Call
from helpr_core.web.csv_files import csv_response
from helpr_core.web.reading import note, path_id

_COLUMNS = (
    "line",
    "email_or_username",
    "outcome",
    "message",
    "libraries",
    "access_days",
    "note",
    "request_id",
    "error_code",
    "error_message",
    "sent_at",
    "accepted_at",
)


def export_batch(call: Call) -> Response:
    """GET batches/{batch_id}/result.csv: every line; at most 500, so all at once."""
    batches, wanted = container.current().batches.batches(), path_id(call, "batch_id")
    batches.find(wanted)
    lines = batches.lines(wanted)
    note(call, "batch_exported", target(wanted))
    return csv_response("helpr-batch.csv", _COLUMNS, (_cells(one) for one in lines))


def _cells(one: BatchLine) -> tuple[str, ...]:
    line, request = one.line, one.request
    return (
        str(line.number),
        line.who,
        one.outcome,
        "" if one.request_id else sentence(line),
        "; ".join(library.title for library in line.libraries),
        str(line.days or ""),
        line.note,
        str(one.request_id or ""),
        (request.error_code or "") if request else "",
        say(request.error_message or "") if request else "",
        request.sent_at.isoformat() if request and request.sent_at else "",
        request.accepted_at.isoformat() if request and request.accepted_at else "",
    )
