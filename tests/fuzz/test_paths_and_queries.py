"""Paths, queries and the file for the spreadsheet: any text is understood, or refused by name."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

from hypothesis import given
from hypothesis import strategies as st

from helpr_core.adapters.sql.paging import to_position
from helpr_core.domain.history import InviteFilter
from helpr_core.errors import InvalidInput
from helpr_core.local.incoming import RequestRejectedError, request_path, request_url
from helpr_core.local.routes import parse_template
from helpr_core.web import bodies, manage, manage_schemas
from helpr_core.web.requests.export import escaped

PIECES = st.text(alphabet="ab.%/\\{}*é \x00", max_size=30) | st.text(max_size=30)
TARGETS = st.text(alphabet="/.%2eEfF0cCaA\\?#:ab~+é\x00", max_size=40).map(lambda text: f"/{text}")
TEMPLATES = [
    parse_template(route)
    for route in ("/", "join/{code}", "static/{*path}", "api/invites/{request_id}", "healthz")
]
NEARLY_A_TIME = st.from_regex(
    r"[+-]?\d{1,5}-[01]?\d-[0-3]?\d([T ]\d{2}(:\d{2}){0,2}(\.\d{1,9})?(Z|[+-]\d{2}:?\d{2})?)?",
    fullmatch=True,
)
TIMES = st.text(max_size=40) | NEARLY_A_TIME
QUERIES = (
    manage_schemas.InvitesQuery,
    manage_schemas.ExportQuery,
    manage_schemas.AuditQuery,
    manage_schemas.StatsQuery,
    manage_schemas.LibrariesQuery,
)


def _environ(target: str) -> dict[str, Any]:
    path, _, query = target.partition("?")
    return {
        "RAW_URI": target,
        "PATH_INFO": path,
        "QUERY_STRING": query,
        "HTTP_HOST": "127.0.0.1:7071",
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "7071",
        "wsgi.url_scheme": "http",
    }


@given(target=TARGETS)
def test_any_target_is_a_path_without_a_way_up_or_is_refused(target: str) -> None:
    environ = _environ(target)
    try:
        path = request_path(environ)
    except RequestRejectedError as refused:
        assert refused.status == 400  # noqa: PT017
        return
    assert path.startswith("/")
    assert "\0" not in path
    assert not {".", ".."} & set(path.split("/"))
    url = request_url(environ, path)
    assert url.isascii()
    assert not set(url.partition("?")[0]) & set(' "<>\\^`{|}\r\n\0')


@given(path=PIECES.map(lambda text: f"/{text}"))
def test_what_a_template_matches_is_put_together_again(path: str) -> None:
    for template in TEMPLATES:
        found = template.match(path)
        if found is not None:
            assert all(value and value in path for value in found.values())


@given(path=PIECES)
def test_any_path_below_the_doors_is_one_use_case_or_none(path: str) -> None:
    for method in ("GET", "POST", "PUT", "DELETE", "", "get"):
        found = manage.find(method, path)
        if found is not None:
            operation, parameters = found
            again = operation.path
            for name, value in parameters.items():
                assert "/" not in value
                again = again.replace(f"{{{name}}}", value)
            assert (operation.method, again) == (method, path)


@given(since=TIMES, until=TIMES)
def test_any_time_is_a_moment_or_refused_by_its_name(since: str, until: str) -> None:
    try:
        query = bodies.check(manage_schemas.InvitesQuery, {"since": since, "until": until})
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
def test_any_query_is_taken_or_refused_by_name(fields: dict[str, str]) -> None:
    for model in QUERIES:
        try:
            taken = bodies.check(
                model, {k: v for k, v in fields.items() if k in model.model_fields}
            )
        except InvalidInput as refused:
            assert refused.errors  # noqa: PT017
            assert all(error.field.partition(".")[0] in fields for error in refused.errors)  # noqa: PT017
        else:
            # What gets this far can be written into a statement and a log of actions.
            urlencode(taken.model_dump(mode="json", exclude_none=True))
            assert "\0" not in taken.model_dump_json()


@given(cursor=st.text(max_size=60) | st.from_regex(r"[\w-]{22}={0,2}", fullmatch=True))
def test_any_cursor_is_a_position_or_refused(cursor: str) -> None:
    try:
        position = to_position(cursor)
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
def test_no_cell_is_a_formula_and_each_comes_back(cells: list[str]) -> None:
    text = io.StringIO(newline="")
    csv.writer(text).writerow([escaped(cell) for cell in cells])
    (back,) = csv.reader(io.StringIO(text.getvalue(), newline=""))
    for cell, read in zip(cells, back, strict=True):
        # Apostrophes are all that is added.
        assert read.replace("'", "") == cell.replace("'", "")
        assert read.strip(" ")[:1] not in tuple("=+-@\t\r\n＝＋－＠")
