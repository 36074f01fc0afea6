"""Text that people typed: trimmed, printable, and free of what a database refuses."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, StringConstraints

from helpr_core.texts import Message


def _without_controls(text: str) -> str:
    if any(ord(char) < 32 or ord(char) == 127 for char in text.replace("\n", "")):
        raise ValueError(Message("field.unprintable"))
    return text


def _one_line(text: str) -> str:
    if "\n" in text:
        raise ValueError(Message("field.one_line"))
    return _without_controls(text)


Line = Annotated[str, StringConstraints(strip_whitespace=True), AfterValidator(_one_line)]
Text = Annotated[str, StringConstraints(strip_whitespace=True), AfterValidator(_without_controls)]
