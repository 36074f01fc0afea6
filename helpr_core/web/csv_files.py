"""Lists as files for a spreadsheet."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Generator, Iterator, Sequence
from contextlib import closing

from werkzeug.wrappers import Response

from helpr_core.web.responses import NO_STORE

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

Rows = Generator[Sequence[str]]


def csv_response(name: str, columns: Sequence[str], rows: Rows) -> Response:
    """The file of that name, sent while its rows are read; `rows` is closed at the end.

    Its first rows are read now: a database that is down is a 503, not half a file.
    """
    parts = _parts(columns, rows)
    headers = {
        "Content-Disposition": f'attachment; filename="{name}"',
        "Cache-Control": NO_STORE,
    }
    return Response(_resumed(next(parts), parts), mimetype="text/csv", headers=headers)


def escaped(cell: str) -> str:
    """The cell, with an apostrophe before what a spreadsheet would run, however it separates."""
    start = "'" if _AT_THE_START.match(cell) else ""
    return start + _INSIDE.sub(lambda found: f"{found['before'] or ''}'", cell)


def _parts(columns: Sequence[str], rows: Rows) -> Iterator[bytes]:
    """The file in parts of some hundred rows; never all of it in memory."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    # A byte order mark: without it Excel reads UTF-8 as something else.
    text.write("\ufeff")
    writer.writerow(columns)
    with closing(rows):  # a client that goes away must not keep the database's connection
        for number, row in enumerate(rows, start=1):
            writer.writerow([escaped(cell) for cell in row])
            if number % _ROWS_AT_ONCE == 0:
                yield text.getvalue().encode()
                text.seek(0)
                text.truncate()
    yield text.getvalue().encode()


def _resumed(first: bytes, rest: Iterator[bytes]) -> Iterator[bytes]:
    yield first
    yield from rest
