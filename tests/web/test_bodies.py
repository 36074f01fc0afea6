"""read_fields: any bytes of any type are fields, or one of three errors."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpr_core.errors import BodyTooLarge, FieldError, InvalidInput, UnsupportedMediaType
from helpr_core.web.bodies import MAX_BYTES, check, read_fields
from helpr_core.web.endpoint import FORM, JSON, MERGE_PATCH
from helpr_core.web.libraries.shapes import LibrariesIn
from helpr_core.web.public.shapes import InviteIn

TYPES = (
    st.sampled_from([JSON, FORM, "APPLICATION/JSON ; charset=utf-8", "text/plain", ""]) | st.text()
)
ANY_TEXT = st.text(alphabet=st.characters())  # lone surrogates too
# JSON has no NaN and no infinity.
FLOATS = st.floats(allow_nan=False, allow_infinity=False)
SCALARS = st.none() | st.booleans() | st.integers() | FLOATS | ANY_TEXT
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(ANY_TEXT, inner, max_size=3),
    max_leaves=5,
)
OBJECTS = st.dictionaries(ANY_TEXT, VALUES, max_size=5)
# Text close to valid input finds more than random bytes alone.
NEARLY_JSON = st.text(alphabet='{}[]":,\\u0dEe+-.1tn \x00é', max_size=200).map(str.encode)
NEARLY_FORM = st.text(alphabet="=&%+;f0éÿ \x00", max_size=200).map(str.encode)
BODIES = st.binary(max_size=500) | NEARLY_JSON | NEARLY_FORM


@given(kind=TYPES, body=BODIES, also=st.sampled_from(["", FORM, MERGE_PATCH]))
def test_any_bytes_are_fields_or_a_known_error(kind: str, body: bytes, also: str) -> None:
    try:
        fields: object = read_fields(kind, body, also)
    except InvalidInput as refused:
        fields = {error.field: error.message for error in refused.errors}
    except UnsupportedMediaType:
        media_type = kind.partition(";")[0].strip().lower()
        assert media_type not in (JSON, also or JSON)
        return
    assert isinstance(fields, dict)
    assert all(isinstance(name, str) for name in fields)


def _all_text(value: Any) -> str:
    """All text in the value, including names of fields, as one string."""
    if isinstance(value, dict):
        return "".join(name + _all_text(inner) for name, inner in value.items())
    if isinstance(value, list):
        return "".join(map(_all_text, value))
    return value if isinstance(value, str) else ""


def _no_database_keeps(text: str) -> bool:
    try:
        return b"\0" in text.encode()
    except UnicodeEncodeError:
        return True


@given(fields=OBJECTS, escaped=st.booleans())
def test_a_json_object_is_read_as_it_was_meant(fields: dict[str, Any], escaped: bool) -> None:
    text = json.dumps(fields, ensure_ascii=escaped)
    body = text.encode("utf-8", "surrogatepass")
    try:
        meant = json.loads(body.decode())
    except UnicodeDecodeError:
        with pytest.raises(InvalidInput):
            read_fields(JSON, body)
        return
    if _no_database_keeps(_all_text(meant)):
        with pytest.raises(InvalidInput):
            read_fields(JSON, body)
        return
    assert json.dumps(read_fields(JSON, body)) == json.dumps(meant)


@given(fields=st.dictionaries(st.text(), st.text(), min_size=1, max_size=20))
def test_a_form_is_read_as_it_was_meant(fields: dict[str, str]) -> None:
    assert read_fields(FORM, urlencode(fields).encode(), FORM) == fields


@given(name=st.text(), one=st.text(), other=st.text(), form=st.booleans())
def test_a_duplicate_field_is_refused(name: str, one: str, other: str, form: bool) -> None:
    if form:
        body, kind = urlencode([(name, one), ("x" + name, ""), (name, other)]), FORM
    else:
        key, first, second = json.dumps(name), json.dumps(one), json.dumps(other)
        body, kind = f"{{{key}: {first}, {key}: {second}}}", JSON
    with pytest.raises(InvalidInput) as refused:
        read_fields(kind, body.encode(), FORM)
    assert refused.value.errors[0].field == name


@given(more=st.integers(1, 100_000), kind=TYPES)
def test_a_body_that_is_too_large_is_refused_before_it_is_read(more: int, kind: str) -> None:
    with pytest.raises(BodyTooLarge):
        read_fields(kind, b"\xff" * (MAX_BYTES + more), FORM)


@given(fields=OBJECTS)
def test_any_fields_are_an_invite_or_an_error_naming_what_is_wrong(fields: dict[str, Any]) -> None:
    for model in (InviteIn, LibrariesIn):
        named = [FieldError("all", "right")]
        try:
            check(model, fields)
        except InvalidInput as refused:
            named = list(refused.errors)
        assert named
        assert all(error.field and error.message for error in named)


@given(typed=st.text(alphabet="abcdefgh0123456789", min_size=40, max_size=200))
def test_no_message_repeats_what_was_typed(typed: str) -> None:
    for fields in ({"email_or_username": [typed]}, {"email_or_username": "x", "note": typed * 20}):
        with pytest.raises(InvalidInput) as refused:
            check(InviteIn, fields)
        assert typed not in str(refused.value)


@pytest.mark.parametrize("kind", [FORM, "application/x-www-form-urlencoded;charset=UTF-8"])
def test_a_form_is_not_read_if_only_json_is_expected(kind: str) -> None:
    with pytest.raises(UnsupportedMediaType):
        read_fields(kind, b"shared=1")


@pytest.mark.parametrize("value", ["NaN", "Infinity", "-Infinity", "[NaN]", '{"b": NaN}'])
def test_what_python_alone_takes_for_json_is_refused(value: str) -> None:
    with pytest.raises(InvalidInput):
        read_fields("application/json", f'{{"a": {value}}}'.encode())
