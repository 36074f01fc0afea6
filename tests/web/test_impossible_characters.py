"""What PostgreSQL cannot store or compare is refused at the edge, in every field of every query."""

from __future__ import annotations

import pytest

from helpr_core.errors import InvalidInput
from helpr_core.web import bodies
from helpr_core.web.endpoint import named
from helpr_core.web.endpoints import ENDPOINTS

FIELDS = sorted(
    {
        (endpoint.query, field)
        for endpoint in ENDPOINTS
        if endpoint.query is not None
        for field in named(endpoint.query).model_fields
        # It is decoded, and refused unless it is one of ours.
        if field != "cursor"
    }
)


@pytest.mark.parametrize(("query", "field"), FIELDS, ids=lambda one: str(one))
def test_no_query_lets_a_nul_through(query: str, field: str) -> None:
    try:
        taken = bodies.check(named(query), {field: "a\0b"})
    except InvalidInput:
        return
    assert "\0" not in str(getattr(taken, field))
