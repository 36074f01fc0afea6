"""Errors about fields in our own words: pydantic's are for programmers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from helpr_core.errors import FieldError
from helpr_core.texts import Message

OTHERWISE = Message("field.otherwise")
"""For a kind of error without a sentence; tests/web/test_sentences.py finds each that needs one."""

_WHOLE_NUMBER = ("int_type", "int_parsing", "int_from_float", "finite_number")
_ID = ("uuid_parsing", "uuid_type")
_KINDS = {
    *("missing", "string_type", "string_too_short", "string_too_long", "bool_type"),
    *("bool_parsing", "int_parsing_size", "greater_than_equal", "less_than_equal"),
    *(
        "frozen_set_type",
        "list_type",
        "model_type",
        "too_long",
        "too_short",
        "enum",
        "extra_forbidden",
    ),
}


def field_error(error: Mapping[str, Any]) -> FieldError:
    """One of pydantic's errors with its field; `libraries.3` is one value of `libraries`."""
    field = ".".join(str(part) for part in error["loc"]) or "body"
    context = error.get("ctx", {})
    kind = error["type"]
    if kind == "value_error":  # raised by a check of our own, with its own sentence
        return FieldError(field, context["error"].args[0])
    if kind == "too_long" and context["field_type"] == "Value":  # for a text that was trimmed first
        kind = "string_too_long"
    if kind == "string_pattern_mismatch":
        return FieldError(field, Message("field.pattern"))
    if kind == "literal_error":
        kind = "enum"
    if kind in _WHOLE_NUMBER:
        return FieldError(field, Message("field.whole_number"))
    if kind in _ID:
        return FieldError(field, Message("field.id"))
    if kind not in _KINDS:
        return FieldError(field, OTHERWISE)
    return FieldError(field, Message(f"field.{kind}", **_shown(context)))


def _shown(context: Mapping[str, Any]) -> dict[str, str | int]:
    return {name: value for name, value in context.items() if isinstance(value, str | int)}
