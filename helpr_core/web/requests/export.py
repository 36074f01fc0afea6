"""The log as a file for a spreadsheet."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Generator, Iterator
from contextlib import closing

from werkzeug.wrappers import Response

from helpr_core import container
from helpr_core.domain.requests import InviteRequest, Note
from helpr_core.texts import Language, Message, current
from helpr_core.web.call import Call
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
_ROWS_AT_ONCE = 500
# A spreadsheet treats cells that begin like this as formulas
# (https://owasp.org/www-community/attacks/CSV_Injection).
# The reader chooses the separator, and with any other than the comma our quotes have no effect: so
# anything not preceded by a letter or digit may begin a cell.
_STARTS = "=+@＝＋＠﹦﹢﹫"
_DASHES = "\\-－﹣"
_AT_THE_START = re.compile(rf"[ \"]*[\t\r\n{_STARTS}{_DASHES}]")
_INSIDE = re.compile(
    rf"(?<=[^\w{_STARTS}{_DASHES}])(?=[{_STARTS}]|[{_DASHES}]\S)"
    # A dash between two spaces is just a dash; after a separator it may begin a cell.
    rf"|(?P<before>[;,|:\t\r\n][\s\"]*)(?=[{_DASHES}](?:\s|$))"
)


def export_invites(call: Call) -> Response:
    """GET invites.csv: all rows of the filter, newest first."""
    query = read_query(call, ExportQuery)
    rows = container.current().stores.invite_history().stream(query.filter())
    # Read the first batch now: a database that is down is a 503, not half a file.
    parts = _parts(rows, current())
    first = next(parts)
    note(
        call, "invites_exported", "invites", after=query.model_dump(mode="json", exclude_none=True)
    )
    return Response(
        _resumed(first, parts),
        mimetype="text/csv",
        headers={
            "Content-Disposition": 'attachment; filename="helpr-invites.csv"',
            "Cache-Control": "no-store",
        },
    )


def _parts(rows: Generator[InviteRequest], spoken: Language) -> Iterator[bytes]:
    """The file in parts of some hundred rows; never all of it in memory.

    The language is passed in, because most parts are made after the request has been answered.
    """
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    # A byte order mark: without it Excel reads UTF-8 as something else.
    text.write("\ufeff")
    writer.writerow(_COLUMNS)
    with closing(rows):  # a client that goes away must not keep the database's connection
        for number, row in enumerate(rows, start=1):
            writer.writerow([escaped(cell) for cell in _cells(row, spoken)])
            if number % _ROWS_AT_ONCE == 0:
                yield text.getvalue().encode()
                text.seek(0)
                text.truncate()
    yield text.getvalue().encode()


def _resumed(first: bytes, rest: Iterator[bytes]) -> Iterator[bytes]:
    yield first
    yield from rest


def escaped(cell: str) -> str:
    """The cell, with an apostrophe before what a spreadsheet would run, however it separates."""
    start = "'" if _AT_THE_START.match(cell) else ""
    return start + _INSIDE.sub(lambda found: f"{found['before'] or ''}'", cell)


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
