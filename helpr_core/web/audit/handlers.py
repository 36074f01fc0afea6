"""What the owner did."""

from __future__ import annotations

import azure.functions as func

from helpr_core import container, web
from helpr_core.web.endpoint import Call
from helpr_core.web.reading import read_query
from helpr_core.web.responses import json_response


def list_events(call: Call) -> func.HttpResponse:
    """GET audit: who did what, newest first."""
    query = read_query(call, web.manage_schemas.AuditQuery)
    page = container.current().audit_log().page(query.limit, query.cursor, query.target)
    return json_response(web.manage_schemas.audit_out(page))
