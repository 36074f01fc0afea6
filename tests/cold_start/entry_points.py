"""Possible first requests of a cold worker: one for each kind of endpoint."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping

from tests.contract.sides import Case

SECRET_KEY = "not-a-real-secret-key-0123456789abcdef"
PASSWORD = "not-a-real-password"
TIMER = "housekeeping"

_UNKNOWN = "0f8fad5b-d9cb-469f-a165-70867728950e"
_JSON = {"content-type": "application/json"}
_PAGE = {"accept": "text/html"}
_KEY = {
    "x-functions-key": hmac.new(SECRET_KEY.encode(), b"function key:", hashlib.sha256).hexdigest()
}
_FRIEND = json.dumps({"email_or_username": "first-friend"}).encode()
_OWNER = json.dumps({"username": "owner", "password": PASSWORD}).encode()


def _managed(name: str, path: str, method: str = "GET", body: bytes = b"") -> Case:
    headers = _KEY | _JSON if body else _KEY
    return Case(f"{method} /api/manage/{path}", f"manage_{name}", headers=headers, body=body)


ENTRY_POINTS: Mapping[str, Case | None] = {
    "form": Case("GET /", "form", headers=_PAGE),
    "join": Case("GET /join/a-code", "join", route_params={"code": "a-code"}, headers=_PAGE),
    "invite": Case("POST /api/invites", "invite", headers=_JSON, body=_FRIEND),
    "status": Case(
        f"GET /api/invites/{_UNKNOWN}", "invite_status", route_params={"request_id": _UNKNOWN}
    ),
    "result": Case(
        f"GET /invited/{_UNKNOWN}", "invited", route_params={"request_id": _UNKNOWN}, headers=_PAGE
    ),
    "site": Case("GET /api/site", "site"),
    "static": Case("GET /static/helpr.css", "static_files", route_params={"path": "helpr.css"}),
    "openapi": Case("GET /api/openapi.json", "openapi"),
    "dashboard": Case("GET /dashboard", "dashboard", headers=_PAGE),
    "sign in": Case("POST /dashboard/session", "sign_in", headers=_JSON, body=_OWNER),
    "overview": _managed("overview", "overview"),
    "check": _managed("connection", "connection"),
    "requests": _managed("invites_list", "invites"),
    "export": _managed("invites_export", "invites.csv"),
    "owner's invite": _managed("invites_send", "invites", "POST", _FRIEND),
    "libraries": _managed("libraries_get", "libraries"),
    "settings": _managed("settings_get", "settings"),
    "activity": _managed("audit", "audit"),
    TIMER: None,
}
"""None is the timer, which is no request."""
