"""Requests generated from the OpenAPI document, valid or not, get a documented answer."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import assume
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from demo_plex import DemoPlex
from helpr_core import container
from helpr_core.local.application import Application
from helpr_core.web import openapi
from tests.fuzz.healthy_site import (
    call_application,
    healthy_site,
    reaches_the_app,
    requests_from_the_document,
)

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]


schema = schemathesis.openapi.from_dict(openapi.describe())
schema.app = call_application


@pytest.fixture(scope="module", autouse=True)
def site(
    application: Application,
    running_plex: DemoPlex,
    migrated_sqlite: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[None]:
    with healthy_site(running_plex, migrated_sqlite, tmp_path_factory.mktemp("schemathesis")):
        yield


@schema.parametrize()
@requests_from_the_document(25)
def test_every_answer_is_a_documented_one(case: schemathesis.Case[Any]) -> None:
    assume(reaches_the_app(case))
    response = case.call(headers={"x-functions-key": container.function_keys()[0]})
    case.validate_response(response, checks=CHECKS)
    # The site is healthy: 503 is documented, and would be wrong.
    assert response.status_code < 500
