"""The table of endpoints: every row is complete, and the Functions host would accept it."""

from __future__ import annotations

import re
from itertools import combinations

import pytest
from pydantic import BaseModel

from helpr_core.web import openapi
from helpr_core.web.endpoint import Endpoint, named
from helpr_core.web.endpoints import ENDPOINTS

every_endpoint = pytest.mark.parametrize("endpoint", ENDPOINTS, ids=lambda one: one.name)


@every_endpoint
def test_each_row_refers_to_existing_code(endpoint: Endpoint) -> None:
    """A wrong name is an ImportError or AttributeError here, which names it."""
    assert callable(named(endpoint.handler))
    assert named(endpoint.handler).__doc__, f"{endpoint.handler} has no sentence for OpenAPI"
    for shape in (endpoint.query, endpoint.body):
        assert shape is None or issubclass(named(shape), BaseModel)
    for answer in openapi.answers(endpoint).values():
        assert answer is None or isinstance(answer, str) or issubclass(answer, BaseModel)


@every_endpoint
def test_each_row_documents_its_answers_and_errors(endpoint: Endpoint) -> None:
    if not endpoint.described:
        return
    assert endpoint.answers, "what does it answer?"
    assert all(status < 400 for status in endpoint.answers)
    assert all(status >= 400 for status in endpoint.refusals)
    if endpoint.name != "healthz":
        assert 500 in endpoint.refusals
    if endpoint.body is not None:
        assert {400, 413, 415} <= set(endpoint.refusals), "a body may be wrong"
    if endpoint.query is not None:
        assert 400 in endpoint.refusals, "a query may be wrong"
    if endpoint.limit is not None:
        assert 429 in endpoint.refusals, "a limit may be reached"
    if endpoint.if_match:
        assert {412, 428} <= set(endpoint.refusals), "a version may be old, or not be named"
    if "{request_id}" in endpoint.path:
        assert 404 in endpoint.refusals, "nothing may stand there"


@every_endpoint
def test_the_host_would_start_it(endpoint: Endpoint) -> None:
    assert re.fullmatch(r"[A-Za-z][A-Za-z0-9_-]{0,127}", endpoint.name)
    # The host has addresses of its own below these.
    assert not endpoint.path.lower().startswith(("admin", "runtime"))
    assert not endpoint.path.startswith("/")
    assert "//" not in endpoint.path
    for part in endpoint.path.split("/"):
        assert re.fullmatch(r"[a-z][a-z.-]*|\{\*?\w+\}|", part), part
    assert re.fullmatch(r"[^*]*(\{\*\w+\})?", endpoint.path), "the rest comes last"


def test_no_two_rows_share_a_name_or_a_path_and_method() -> None:
    for one, other in combinations(ENDPOINTS, 2):
        assert one.name.lower() != other.name.lower()
        if re.sub(r"\w+}", "}", one.path) == re.sub(r"\w+}", "}", other.path):
            assert not set(one.methods) & set(other.methods), (one.name, other.name)


def test_catch_all_endpoints_are_tried_last() -> None:
    """The host tries functions in the order of their upper-cased names."""
    names = sorted((one.name for one in ENDPOINTS), key=str.upper)
    nowhere = [one.name for one in ENDPOINTS if one.name.startswith("unknown_")]
    assert sorted(names[-len(nowhere) :]) == sorted(nowhere)
