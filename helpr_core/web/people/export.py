"""People as a file for a spreadsheet: a row for each share."""

from __future__ import annotations

from werkzeug.wrappers import Response

from helpr_core import container
from helpr_core.domain.people import Person, Share
from helpr_core.services.people.ports import PeopleFilter, PeopleLog
from helpr_core.web.call import Call
from helpr_core.web.csv_files import Rows, csv_response
from helpr_core.web.people.bodies import PeopleFilterQuery
from helpr_core.web.reading import note, read_query

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
    rows = _rows(container.current().people().log(), query.filter())
    response = csv_response("helpr-people.csv", _COLUMNS, rows)
    filtered = query.model_dump(mode="json", exclude_none=True)
    note(call, "people_exported", "people", after=filtered)
    return response


def _rows(people: PeopleLog, wanted: PeopleFilter) -> Rows:
    cursor = ""
    while True:
        page = people.page(wanted, _AT_ONCE, cursor)
        yield from (_cells(person, share) for person in page.rows for share in person.shares)
        cursor = page.next_cursor
        if not cursor:
            return


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
