"""Paths, queries and the spreadsheet export: any text is understood, or refused by name."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime
from urllib.parse import urlencode

from hypothesis import given
from hypothesis import strategies as st

from helpr_core.adapters.sql.paging import Listing, to_position
from helpr_core.domain.history import InviteFilter
from helpr_core.errors import InvalidInput
from helpr_core.local.application import target_path
from helpr_core.web import bodies
from helpr_core.web.audit.shapes import AuditQuery
from helpr_core.web.csv_files import escaped
from helpr_core.web.endpoints import ENDPOINTS, KEY_DOOR
from helpr_core.web.libraries.shapes import LibrariesQuery
from helpr_core.web.overview.shapes import StatsQuery
from helpr_core.web.requests.shapes import ExportQuery, InvitesQuery
from helpr_core.web.routing import Routes

PIECES = st.text(alphabet="ab.%/\\{}*é \x00", max_size=30) | st.text(max_size=30)
TARGETS = st.text(alphabet="/.%2eEfF0cCaA\\?#:ab~+é\x00", max_size=40).map(lambda text: f"/{text}")
ROUTES = Routes(ENDPOINTS)
NEARLY_A_TIME = st.from_regex(
    r"[+-]?\d{1,5}-[01]?\d-[0-3]?\d([T ]\d{2}(:\d{2}){0,2}(\.\d{1,9})?(Z|[+-]\d{2}:?\d{2})?)?",
    fullmatch=True,
)
TIMES = st.text(max_size=40) | NEARLY_A_TIME
QUERIES = (InvitesQuery, ExportQuery, AuditQuery, StatsQuery, LibrariesQuery)


@given(target=TARGETS)
def test_any_target_is_a_path_or_is_refused(target: str) -> None:
    path = target_path({"RAW_URI": target, "QUERY_STRING": target.partition("?")[2]})
    own = target.partition("?")[0].partition("#")[0]
    cannot_be = not target.isascii() or "\0" in own or "%00" in own
    assert (path is None) is cannot_be
    if path is not None:
        assert path.startswith("/")
        assert "\0" not in path


@given(path=PIECES, method=st.sampled_from(["GET", "POST", "PUT", "PATCH", "DELETE", "", "get"]))
def test_any_path_belongs_to_one_endpoint_or_none(path: str, method: str) -> None:
    for whole in (f"/{path}", f"/{KEY_DOOR}{path}"):
        found = ROUTES.match(whole, method)
        if found is not None:
            endpoint, parameters = found
            again = endpoint.path
            for name, value in parameters.items():
                again = again.replace(f"{{{name}}}", value).replace(f"{{*{name}}}", value)
            assert method in endpoint.methods
            assert f"/{again}".removesuffix("/") == whole.removesuffix("/")


def test_a_line_break_is_part_of_the_path() -> None:
    for broken in ("people/a\nb", "people/\n", "people/a\n/resend"):
        found = ROUTES.match(f"/dashboard/api/{broken}", "DELETE")
        assert found is not None
        assert (found[0].name, found[1]) == ("dashboard_api", {"path": broken})


@given(since=TIMES, until=TIMES)
def test_any_time_is_a_moment_or_refused_by_name(since: str, until: str) -> None:
    try:
        query = bodies.check(InvitesQuery, {"since": since, "until": until})
    except InvalidInput as refused:
        assert {error.field for error in refused.errors} <= {"since", "until"}  # noqa: PT017
        return
    wanted = query.filter()
    assert isinstance(wanted, InviteFilter)
    for moment in (wanted.since, wanted.until):
        assert moment is not None
        assert moment.tzinfo is UTC
        assert datetime.fromisoformat(moment.isoformat()) == moment


@given(
    fields=st.dictionaries(
        st.sampled_from(["limit", "cursor", "search", "status", "days", "target", "refresh"]),
        st.text(max_size=40),
    )
)
def test_any_query_is_accepted_or_refused_by_name(fields: dict[str, str]) -> None:
    for model in QUERIES:
        try:
            taken = bodies.check(
                model, {k: v for k, v in fields.items() if k in model.model_fields}
            )
        except InvalidInput as refused:
            assert refused.errors  # noqa: PT017
            assert all(error.field.partition(".")[0] in fields for error in refused.errors)  # noqa: PT017
        else:
            # What gets this far can be put into a statement and the audit log.
            urlencode(taken.model_dump(mode="json", exclude_none=True))
            texts = taken.model_dump(exclude={"cursor"}).values()
            assert not any("\0" in text for text in texts if isinstance(text, str))


@given(cursor=st.text(max_size=60) | st.from_regex(r"r?[\w-]{22}={0,2}", fullmatch=True))
def test_any_cursor_is_a_position_or_refused(cursor: str) -> None:
    try:
        position = to_position(cursor, Listing.REQUESTS)
    except InvalidInput as refused:
        assert [error.field for error in refused.errors] == ["cursor"]  # noqa: PT017
    else:
        assert position.timestamp.tzinfo is UTC


@given(
    cells=st.lists(
        st.text() | st.text(alphabet="=+-@\t\r\n ＝＋－＠'\"|,;A1", max_size=12),
        min_size=1,
        max_size=6,
    )
)
def test_no_cell_is_a_formula_and_each_can_be_read_back(cells: list[str]) -> None:
    text = io.StringIO(newline="")
    csv.writer(text).writerow([escaped(cell) for cell in cells])
    (back,) = csv.reader(io.StringIO(text.getvalue(), newline=""))
    for cell, read in zip(cells, back, strict=True):
        # Only apostrophes are added.
        assert read.replace("'", "") == cell.replace("'", "")
        assert read.strip(" ")[:1] not in tuple("=+-@\t\r\n＝＋－＠")
