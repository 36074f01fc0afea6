"""From the bytes of a body to a validated object: nothing unvalidated goes any further."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import parse_qsl

from helpr_core import first_use
from helpr_core.errors import BodyTooLarge, FieldError, InvalidInput, UnsupportedMediaType
from helpr_core.texts import Message
from helpr_core.web.endpoint import FORM, JSON
from helpr_core.web.sentences import field_error

if TYPE_CHECKING:
    from pydantic import BaseModel

MAX_BYTES = 16 * 1024
_MAX_FIELDS = 20

EMPTY = FieldError("body", Message("body.empty"))
NOT_UTF8 = FieldError("body", Message("body.not_utf8"))
NOT_JSON = FieldError("body", Message("body.not_json"))
NOT_AN_OBJECT = FieldError("body", Message("body.not_an_object"))
NOT_A_FORM = FieldError("body", Message("body.not_a_form"))
NOT_STORABLE = Message("field.not_storable")

_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")

Model = TypeVar("Model", bound="BaseModel")


def read_fields(
    content_type: str, body: bytes, also: str = "", most_bytes: int = MAX_BYTES
) -> dict[str, Any]:
    """The fields of a JSON object or, if `also` is FORM, of a form.

    `also` is a media type that is accepted besides JSON.

    Raises BodyTooLarge over `most_bytes`, UnsupportedMediaType, or InvalidInput: empty, not
    UTF-8, broken, not an object, with a duplicate field, or a character that databases cannot
    store.
    """
    if len(body) > most_bytes:
        raise BodyTooLarge(most_bytes)
    media_type = content_type.partition(";")[0].strip().lower()
    readable = (JSON, also) if also else (JSON,)
    if media_type not in readable:
        if not body:
            raise InvalidInput(EMPTY)
        raise UnsupportedMediaType(", ".join(readable))
    if not body:
        raise InvalidInput(EMPTY)
    try:
        text = body.decode("utf-8-sig")  # some editors and shells put a byte order mark before it
    except UnicodeDecodeError as exc:
        raise InvalidInput(NOT_UTF8) from exc
    return _form_fields(text) if media_type == FORM else _json_fields(text)


def check(model: type[Model], fields: Mapping[str, Any]) -> Model:
    """The model made from these fields; InvalidInput with a sentence for each wrong one."""
    # Not every body needs pydantic: see `public.asked`.
    invalid = first_use.module("pydantic_core").ValidationError
    try:
        return model.model_validate(fields)
    except invalid as exc:
        errors = exc.errors(include_url=False, include_input=False)
        raise InvalidInput(*map(field_error, errors)) from exc


def _json_fields(text: str) -> dict[str, Any]:
    try:
        value = json.loads(text, object_pairs_hook=_once_each, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as exc:
        raise InvalidInput(NOT_JSON) from exc
    if not isinstance(value, dict):
        raise InvalidInput(NOT_AN_OBJECT)
    _refuse_unstorable(value)
    return value


def _refuse_constant(name: str) -> None:
    """Python also reads NaN and Infinity, which are not JSON."""
    raise ValueError(name)


def _form_fields(text: str) -> dict[str, Any]:
    try:
        pairs = parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=_MAX_FIELDS)
    except UnicodeDecodeError as exc:
        raise InvalidInput(NOT_UTF8) from exc
    except ValueError as exc:
        raise InvalidInput(NOT_A_FORM) from exc
    return _once_each(pairs)


def _once_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """A duplicate field would be read one way here and another way elsewhere."""
    fields = dict(pairs)
    if len(fields) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise InvalidInput(FieldError(twice, Message("field.sent_twice")))
    return fields


def _refuse_unstorable(fields: Mapping[str, Any]) -> None:
    """JSON can express what UTF-8 cannot (`\\ud800`) and what PostgreSQL rejects (`\\u0000`)."""
    if any(_UNSTORABLE.search(name) for name in fields):
        raise InvalidInput(FieldError("body", NOT_STORABLE))
    wrong = [
        name
        for name, value in fields.items()
        if any(_UNSTORABLE.search(text) for text in _texts(value))
    ]
    if wrong:
        raise InvalidInput(*(FieldError(name, NOT_STORABLE) for name in wrong))


def _texts(value: object) -> Iterator[str]:
    """Every text inside, including field names; not recursive, since the sender chooses the
    depth."""
    left = [value]
    while left:
        one = left.pop()
        if isinstance(one, str):
            yield one
        elif isinstance(one, list):
            left += one
        elif isinstance(one, dict):
            left += [*one, *one.values()]
