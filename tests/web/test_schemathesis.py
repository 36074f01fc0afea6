"""Requests made from the OpenAPI document, good and bad: every answer is a documented one."""

from __future__ import annotations

import importlib
import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from werkzeug.security import generate_password_hash

from helpr_core import container
from helpr_core.container import Container
from helpr_core.demo import DemoPlex
from helpr_core.host.application import HostedApplication
from helpr_core.web import openapi
from tests.web.site_under_test import ADDRESS, settings_for

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIEnvironment

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]


def _application(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    """The app, which is there only once the fixtures have made it."""
    hosted: HostedApplication = importlib.import_module("helpr_core.wsgi").application
    environ["REMOTE_ADDR"] = ADDRESS
    return hosted(environ, start_response)


schema = schemathesis.openapi.from_dict(openapi.describe())
schema.app = _application


@pytest.fixture(scope="module", autouse=True)
def healthy_site(
    application: HostedApplication,
    running_plex: DemoPlex,
    migrated_database: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[None]:
    """A site on which all works and nothing is limited, for all the requests."""
    running_plex.reset()
    database = tmp_path_factory.mktemp("schemathesis") / "helpr.db"
    shutil.copy(migrated_database, database)
    administrator = {
        "ADMIN_USERNAME": "owner",
        "ADMIN_PASSWORD_HASH": generate_password_hash("not-a-real-password", "scrypt:1024:8:1"),
    }
    parts = Container(settings_for(running_plex, database) | administrator)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(container, "_current", container._current)  # put back at the end
        container.install(lambda: parts)
        yield
    parts.database().dispose()


@schema.parametrize()
@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
def test_every_answer_is_a_documented_one(case: schemathesis.Case[Any]) -> None:
    response = case.call(headers={"x-functions-key": container.function_keys()[0]})
    case.validate_response(response, checks=CHECKS)
    # The site is healthy: 503 is documented, and would be untrue.
    assert response.status_code < 500
