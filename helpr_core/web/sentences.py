"""What is wrong with a field, in our own words: pydantic's are for programmers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from helpr_core.errors import FieldError

OTHERWISE = "This cannot be used here."
"""For a kind of error without a sentence; tests/web/test_sentences.py finds whoever needs one."""

_SENTENCES = {
    "missing": "This field is missing.",
    "string_type": "This must be text.",
    "string_too_short": "This must not be empty.",
    "string_too_long": "This is too long: {max_length} characters at most.",
    "bool_type": "This must be true or false.",
    "bool_parsing": "This must be 1 or 0, true or false.",
    "int_type": "This must be a whole number.",
    "int_parsing": "This must be a whole number.",
    "int_parsing_size": "This must be a whole number, and not so long.",
    "int_from_float": "This must be a whole number.",
    "greater_than_equal": "This must be {ge} or more.",
    "less_than_equal": "This must be {le} or less.",
    "finite_number": "This must be a whole number.",
    "frozen_set_type": "These must be words, separated by commas.",
    "list_type": "This must be a list.",
    "too_long": "These are too many: {max_length} at most.",
    "enum": "This must be one of: {expected}.",
}


def field_error(error: Mapping[str, Any]) -> FieldError:
    """One of pydantic's errors with its field; `libraries.3` is one value of `libraries`."""
    field = ".".join(str(part) for part in error["loc"]) or "body"
    context = error.get("ctx", {})
    if error["type"] == "value_error":  # raised by a check of our own, with its own sentence
        return FieldError(field, str(context["error"]))
    kind = error["type"]
    if kind == "too_long" and context["field_type"] == "Value":  # of a text that was trimmed first
        kind = "string_too_long"
    return FieldError(field, _SENTENCES.get(kind, OTHERWISE).format_map(context))
