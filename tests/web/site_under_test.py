"""The whole app, as a friend's browser or a script sees it, through the WSGI application."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests
from werkzeug.test import Client, TestResponse

from demo_plex import DemoPlex
from helpr_core.container import Container
from helpr_core.errors import SetupRequired
from helpr_core.services.owner.devices import Device
from helpr_core.web.cookies import REQUESTS

ADDRESS = "203.0.113.7"
SECRET_KEY = "not-a-real-secret-key-0123456789abcdef"
PAGE = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}
JSON = "application/json"
FORM = "application/x-www-form-urlencoded"
PROBLEM = "application/problem+json"

PLENTY = "100000/minute"
UNLIMITED = dict.fromkeys(
    ("HELPR_RATE_INVITES", "HELPR_RATE_DEFAULT", "HELPR_RATE_SIGN_IN", "HELPR_RATE_STATUS"), PLENTY
)


def settings_for(plex: DemoPlex, database: Path) -> dict[str, str]:
    """Settings with which everything works, without rate limits."""
    return UNLIMITED | {
        "PLEX_TOKEN": plex.token,
        "PLEX_SERVER_NAME": plex.server_name,
        "PLEX_LIBRARIES": "Movies, TV Shows",
        "PLEX_API_URL": plex.url,
        "SECRET_KEY": SECRET_KEY,
        "DATABASE_PATH": str(database),
    }


@dataclass(frozen=True)
class SiteUnderTest:
    """One worker with its own database and demo Plex."""

    client: Client
    plex: DemoPlex
    container: Container
    database: Path

    def ask(
        self,
        method: str,
        path: str,
        *,
        headers: Mapping[str, str] | None = None,
        peer: str = ADDRESS,
        **request: Any,
    ) -> TestResponse:
        """One request; `peer` is the other end of the socket."""
        return self.client.open(
            path,
            method=method,
            headers=dict(headers or {}),
            environ_base={"REMOTE_ADDR": peer},
            **request,
        )

    def get(self, path: str, **request: Any) -> TestResponse:
        """GET as a program."""
        return self.ask("GET", path, **request)

    def page(self, path: str, **request: Any) -> TestResponse:
        """GET as a browser."""
        return self.ask("GET", path, headers=PAGE, **request)

    def browser(self, number: int = 0) -> dict[str, str]:
        """The Cookie header of a browser that has been here before; the number identifies it."""
        try:
            token = self.container.requests.browsers().remember(Device(f"{number:032x}"))
        except SetupRequired:
            return {}
        return {"Cookie": f"{REQUESTS}={token}"}

    def invite(self, name: object, **request: Any) -> TestResponse:
        """Ask for an invite as a program; keyword arguments that are fields go into the body.

        Always from the same browser, unless `headers` are given.
        """
        request.setdefault("headers", self.browser())
        fields = {"email_or_username": name}
        for field in ("invite_code", "note"):
            if field in request:
                fields[field] = request.pop(field)
        return self.ask("POST", "/api/invites", json=fields, **request)

    def fill_in(self, name: str, invite_code: str | None = None, **request: Any) -> TestResponse:
        """Ask for an invite as a browser without JavaScript; otherwise the same as `invite`."""
        headers = PAGE | request.pop("headers", self.browser())
        fields = {"email_or_username": name}
        if invite_code is not None:
            fields["invite_code"] = invite_code
        return self.ask("POST", "/api/invites", headers=headers, data=fields, **request)

    def owner(self, method: str, path: str, **request: Any) -> TestResponse:
        """Through the key door, with the key; `path` is relative to the door."""
        headers = {"x-functions-key": self.container.installation.function_keys()[0]}
        headers |= request.pop("headers", {})
        return self.ask(method, f"/api/manage/{path}", headers=headers, **request)

    def manage(self, method: str = "GET", query: str = "", **request: Any) -> TestResponse:
        """The libraries, through the key door."""
        return self.owner(method, f"libraries{query}", **request)

    def save(self, **settings: Any) -> TestResponse:
        """Save these settings of the owner, and leave the others as they are."""
        if_match = {"If-Match": self.owner("GET", "settings").headers["ETag"]}
        return self.owner("PATCH", "settings", json=settings, headers=if_match)

    def make_pin(self, client_identifier: str) -> dict[str, Any]:
        """Make a PIN at Plex as a browser's script does; `pin_id` and `pin_code`."""
        made = requests.post(
            f"{self.plex.url}/api/v2/pins?strong=true",
            headers={
                "Origin": "http://localhost",
                "Accept": "application/json",
                "X-Plex-Client-Identifier": client_identifier,
            },
            timeout=120,
        ).json()
        return {"pin_id": made["id"], "pin_code": made["code"]}

    def rows(self) -> list[dict[str, Any]]:
        """The rows of the record, oldest first."""
        connection = sqlite3.connect(self.database)
        try:
            connection.row_factory = sqlite3.Row
            found = connection.execute("SELECT * FROM invite_requests ORDER BY id").fetchall()
        finally:
            connection.close()
        return [dict(row) for row in found]

    def invited(self) -> list[str | None]:
        """The people Plex was asked to invite, in order."""
        return [call.invited for call in self.plex.calls if call.method == "POST"]


def problem(answer: TestResponse, status: int, code: str) -> dict[str, Any]:
    """The problem document of that answer, checked for the fields that all of them have."""
    assert (answer.status_code, answer.mimetype) == (status, PROBLEM), answer.text
    document: dict[str, Any] = answer.get_json(force=True)
    assert document["status"] == status
    assert document["code"] == code
    assert document["type"] == f"urn:helpr:problem:{code}"
    assert document["title"]
    assert document["detail"]
    assert document["reference"]
    return document


def fields_of(document: dict[str, Any]) -> list[str]:
    """The fields that a problem document names."""
    return [error["field"] for error in document.get("errors", [])]
