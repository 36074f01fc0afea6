"""The log as a file for a spreadsheet."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import closing

from werkzeug.wrappers import Response

from helpr_core import container
from helpr_core.domain.requests import InviteRequest, Note
from helpr_core.texts import Language, Message, current
from helpr_core.web.call import Call
from helpr_core.web.csv_files import Rows, csv_response
from helpr_core.web.reading import note, read_query
from helpr_core.web.requests.shapes import ExportQuery

_COLUMNS = (
    "request_id",
    "asked_at",
    "email_or_username",
    "status",
    "error_code",
    "error_message",
    "source",
    "server_name",
    "libraries",
    "note",
    "later_notes",
    "attempts",
    "sent_at",
    "accepted_at",
)


def export_invites(call: Call) -> Response:
    """GET invites.csv: all rows of the filter, newest first."""
    query = read_query(call, ExportQuery)
    found = container.current().stores.invite_history().stream(query.filter())
    response = csv_response("helpr-invites.csv", _COLUMNS, _rows(found, current()))
    filtered = query.model_dump(mode="json", exclude_none=True)
    note(call, "invites_exported", "invites", after=filtered)
    return response


def _rows(found: Generator[InviteRequest], spoken: Language) -> Rows:
    """The language is passed in, because most rows are read after the request has been answered."""
    with closing(found):
        for row in found:
            yield _cells(row, spoken)


def _cells(row: InviteRequest, spoken: Language) -> tuple[str, ...]:
    return (
        str(row.request_id),
        row.timestamp.isoformat(),
        row.email_or_username,
        row.status,
        row.error_code or "",
        spoken.say(row.error_message or ""),
        row.source,
        row.server_name,
        "; ".join(one.title for one in row.libraries),
        row.note,
        " / ".join(spoken.say(_later(one)) for one in row.notes),
        str(row.attempts),
        row.sent_at.isoformat() if row.sent_at else "",
        row.accepted_at.isoformat() if row.accepted_at else "",
    )


def _later(note: Note) -> Message:
    whose = "same" if note.same_browser else "another"
    return Message(f"export.note_{whose}", at=f"{note.at:%Y-%m-%d %H:%M}", text=note.text)
