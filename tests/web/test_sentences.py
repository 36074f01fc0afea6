"""Pydantic's own wording is never shown: every field of every shape has sentences of ours."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from pydantic import BaseModel, ValidationError

from helpr_core.errors import InvalidInput
from helpr_core.texts import say
from helpr_core.web.bodies import check
from helpr_core.web.endpoint import named
from helpr_core.web.endpoints import ENDPOINTS
from helpr_core.web.sentences import OTHERWISE
from tests.web.site_under_test import SiteUnderTest

SHAPES = sorted(
    {
        named(shape)
        for endpoint in ENDPOINTS
        for shape in (endpoint.body, endpoint.query)
        if shape is not None
    },
    key=lambda shape: shape.__name__,
)
FIELDS = [(shape, name) for shape in SHAPES for name in shape.model_fields]
WRONG: tuple[Any, ...] = (
    None,
    True,
    0,
    -1,
    3.5,
    float("nan"),
    10**30,
    "",
    " ",
    "x",
    "1.5",
    "9" * 5000,
    "x" * 5000,
    "two\nlines",
    "\x07",
    "2026-02-30",
    [],
    [0],
    ["x"],
    [None, {}],
    [1] * 1000,
    {},
    {"a": []},
    {"x": 1},
)


def errors_of(shape: type[BaseModel], name: str, value: object) -> Iterator[tuple[str, str, str]]:
    """Field, our sentence and pydantic's text for each error that this value causes there."""
    try:
        shape.model_validate({name: value})
    except ValidationError as exc:
        words = [error["msg"] for error in exc.errors()]
    else:
        return
    with pytest.raises(InvalidInput) as refused:
        check(shape, {name: value})
    for error, word in zip(refused.value.errors, words, strict=True):
        yield error.field, say(error.message), word


@pytest.mark.parametrize(
    ("shape", "name"), FIELDS, ids=[f"{shape.__name__}.{name}" for shape, name in FIELDS]
)
def test_every_error_of_every_field_has_a_sentence_of_ours(
    shape: type[BaseModel], name: str
) -> None:
    for value in WRONG:
        for field, sentence, theirs in errors_of(shape, name, value):
            assert sentence != say(OTHERWISE), (field, value, theirs)
            assert theirs.removeprefix("Value error, ") not in sentence or theirs in (
                f"Value error, {sentence}",
            )
            assert sentence[0].isupper()
            assert sentence.endswith(".")
            for word in ("Input", "Value error", "valid ", "item", "validation", "None"):
                assert word not in sentence
            assert field.split(".")[0] in shape.model_fields


def test_a_list_that_is_too_long_is_explained_in_plain_words(site: SiteUnderTest) -> None:
    answer = site.manage("PUT", json={"shared": list(range(1, 502))})
    (error,) = answer.get_json(force=True)["errors"]
    assert error == {"field": "shared", "message": "This list is too long: at most 500 entries."}


def test_a_note_that_is_too_long_names_its_field(site: SiteUnderTest) -> None:
    site.save(approval_required=True)
    fields = {"email_or_username": "friend", "note": "x" * 501}
    page = site.ask("POST", "/api/invites", headers={"Accept": "text/html"}, data=fields)
    assert page.text.count("This is too long: at most 500 characters.") == 1
    assert 'aria-invalid="true"' in page.text.partition('id="note"')[2].partition(">")[0]
