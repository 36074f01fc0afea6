"""The audit log."""

from __future__ import annotations

from werkzeug.wrappers import Response

from helpr_core import container
from helpr_core.web.audit import shapes
from helpr_core.web.call import Call
from helpr_core.web.reading import read_query
from helpr_core.web.responses import json_response


def list_events(call: Call) -> Response:
    """GET audit: who did what, newest first."""
    query = read_query(call, shapes.AuditQuery)
    log = container.current().stores.audit_log()
    page = log.page(query.limit, query.cursor, query.target)
    total = log.count(query.cursor, query.target) if query.total else None
    return json_response(shapes.audit_out(page, total))
