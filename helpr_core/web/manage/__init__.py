"""The owner's use cases: one handler each, one table, two doors.

The key door makes a function of each (`/api/manage/…`), the session door looks them up
(`/dashboard/api/…`).
"""

from __future__ import annotations

import azure.functions as func

from helpr_core.web.endpoint import Endpoint
from helpr_core.web.manage.operation import Operation
from helpr_core.web.problems import Purpose

OPERATIONS = (
    Operation("manage_overview", "GET", "overview", "overview.handlers", "get_overview"),
    Operation("manage_stats", "GET", "stats", "overview.handlers", "get_stats"),
    Operation("manage_connection", "GET", "connection", "overview.handlers", "get_connection"),
    Operation("manage_invites_list", "GET", "invites", "requests.handlers", "list_invites"),
    Operation("manage_invites_export", "GET", "invites.csv", "requests.export", "export_invites"),
    Operation("manage_invites_send", "POST", "invites", "requests.handlers", "send_invite"),
    Operation(
        "manage_invites_get", "GET", "invites/{request_id}", "requests.handlers", "get_invite"
    ),
    Operation(
        "manage_invites_retry", "POST", "invites/{request_id}/retry", "requests.handlers", "retry"
    ),
    Operation(
        "manage_invites_approve",
        "POST",
        "invites/{request_id}/approve",
        "requests.handlers",
        "approve",
    ),
    Operation(
        "manage_invites_deny", "POST", "invites/{request_id}/deny", "requests.handlers", "deny"
    ),
    Operation("manage_libraries_get", "GET", "libraries", "libraries.handlers", "get_libraries"),
    Operation("manage_libraries_put", "PUT", "libraries", "libraries.handlers", "put_libraries"),
    Operation("manage_settings_get", "GET", "settings", "settings.handlers", "get_settings"),
    Operation("manage_settings_put", "PUT", "settings", "settings.handlers", "put_settings"),
    Operation("manage_audit", "GET", "audit", "audit.handlers", "list_events"),
)


def find(method: str, path: str) -> tuple[Operation, dict[str, str]] | None:
    """The use case of that method and path below a door, with the path's parameters."""
    for operation in OPERATIONS:
        if operation.method == method:
            parameters = operation.match(path)
            if parameters is not None:
                return operation, parameters
    return None


ENDPOINTS = tuple(
    Endpoint(
        one.name,
        f"api/manage/{one.path}",
        (one.method,),
        one.answer,
        auth_level=func.AuthLevel.FUNCTION,
        purpose=Purpose.MANAGE,
    )
    for one in OPERATIONS
)

blueprint = func.Blueprint()
for _endpoint in ENDPOINTS:
    _endpoint.register(blueprint)
