"""Requests generated from the OpenAPI document, sent through the session door.

tests/web/test_schemathesis.py sends them through the key door, and to the public endpoints, with
the values at the edges of what the document allows. Behind both doors are the same handlers: here
fewer requests show that this door lets them through.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import assume

from demo_plex import DemoPlex
from helpr_core.local.application import Application
from helpr_core.web import openapi
from helpr_core.web.session.signed_in import COOKIE
from tests.fuzz.healthy_site import (
    a_session,
    call_application,
    healthy_site,
    reaches_the_app,
    requests_from_the_document,
)
from tests.web.test_schemathesis import CHECKS

KEY_DOOR, SESSION_DOOR = "/api/manage/", "/dashboard/api/"
TAKES = ("get", "post", "put", "delete")


def _through_the_session_door() -> dict[str, Any]:
    """The owner's part of the document, with each path behind the other door."""
    document = openapi.describe()
    document["paths"] = {
        path.replace(KEY_DOOR, SESSION_DOOR): operations
        for path, operations in document["paths"].items()
        if path.startswith(KEY_DOOR)
    } | {path: document["paths"][path] for path in ("/dashboard/session",)}
    return document


schema = schemathesis.openapi.from_dict(_through_the_session_door())
schema.app = call_application


@pytest.fixture(scope="module", autouse=True)
def site(
    application: Application,
    running_plex: DemoPlex,
    migrated_sqlite: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[None]:
    with healthy_site(running_plex, migrated_sqlite, tmp_path_factory.mktemp("session-door")):
        yield


@schema.parametrize()
@requests_from_the_document(10, at_the_edges=False)
def test_every_answer_to_the_owner_is_documented(case: schemathesis.Case[Any]) -> None:
    assume(reaches_the_app(case))
    # Another site's address: the client sends no cookie there.
    assume("host" not in {name.lower() for name in case.headers or {}})
    cookie, csrf_token = a_session()
    response = case.call(headers={"X-CSRF-Token": csrf_token}, cookies={COOKIE: cookie})
    case.validate_response(response, checks=CHECKS)
    assert response.status_code < 500
    if case.path != "/dashboard/session" and response.status_code in (401, 403):
        # Neither door may have rejected a signed-in owner; a made-up passkey is.
        assert response.json()["code"] == "passkey_refused"
