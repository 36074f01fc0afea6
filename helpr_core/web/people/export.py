"""People as a file for a spreadsheet: a row for each share."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from werkzeug.wrappers import Response

from helpr_core import container
from helpr_core.domain.people import Person, Share
from helpr_core.services.people.ports import PeopleFilter, PeopleLog
from helpr_core.web.call import Call
from helpr_core.web.people.bodies import PeopleFilterQuery
from helpr_core.web.reading import note, read_query
from helpr_core.web.requests.export import escaped

_COLUMNS = (
    "person_id",
    "plex_user_id",
    "username",
    "email",
    "title",
    "exempt",
    "note",
    "server_name",
    "state",
    "libraries",
    "all_libraries",
    "invited_at",
    "accepted_at",
    "access_until",
    "gone_at",
    "gone_reason",
    "source",
)
_AT_ONCE = 100


def export_people(call: Call) -> Response:
    """GET people.csv: everybody who matches the filter, ordered by name."""
    query = read_query(call, PeopleFilterQuery)
    parts = _parts(container.current().people().log(), query.filter())
    first = next(parts)  # a database that is down is a 503, not half a file
    filtered = query.model_dump(mode="json", exclude_none=True)
    note(call, "people_exported", "people", after=filtered)
    return Response(
        _resumed(first, parts),
        mimetype="text/csv",
        headers={
            "Content-Disposition": 'attachment; filename="helpr-people.csv"',
            "Cache-Control": "no-store",
        },
    )


def _parts(people: PeopleLog, wanted: PeopleFilter) -> Iterator[bytes]:
    """The file in parts of a hundred people."""
    cursor, rows = "", [list(_COLUMNS)]
    while True:
        page = people.page(wanted, _AT_ONCE, cursor)
        rows += [list(_cells(person, share)) for person in page.rows for share in person.shares]
        # A byte order mark at its start: without it Excel reads UTF-8 as something else.
        yield _written(rows, "\ufeff" if not cursor else "")
        cursor, rows = page.next_cursor, []
        if not cursor:
            return


def _written(rows: list[list[str]], mark: str) -> bytes:
    text = io.StringIO(newline="")
    text.write(mark)
    csv.writer(text).writerows([escaped(cell) for cell in row] for row in rows)
    return text.getvalue().encode()


def _resumed(first: bytes, rest: Iterator[bytes]) -> Iterator[bytes]:
    yield first
    yield from rest


def _cells(person: Person, share: Share) -> tuple[str, ...]:
    return (
        str(person.person_id),
        str(person.account_id or ""),
        person.username,
        person.email,
        person.title,
        "yes" if person.exempt else "",
        person.note,
        share.server_name,
        share.state,
        "; ".join(one.title for one in share.libraries),
        "yes" if share.all_libraries else "",
        *(
            one.isoformat() if one else ""
            for one in (share.invited_at, share.accepted_at, share.access_until, share.gone_at)
        ),
        share.gone_reason,
        share.source,
    )
