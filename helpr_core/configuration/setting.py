"""A setting: its name in the environment, and the steps from its text to its value.

Not pydantic: to import it takes a tenth of a cold worker's first invite, which needs the settings
and nothing else that pydantic would check.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import MISSING, Field, field, fields
from typing import Any

from helpr_core.configuration.wrong_value import WrongValueError
from helpr_core.errors import FieldError
from helpr_core.texts import Message

Step = Callable[[Any], Any]
"""Takes the text or the result of the step before; WrongValueError for one that cannot be used."""

_WHOLE_NUMBER = re.compile(r"[+-]?[0-9]{1,20}")


class Secret:
    """A text that is not shown where its object is."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def get_secret_value(self) -> str:
        """The text itself."""
        return self._text

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._text == self._text

    def __hash__(self) -> int:
        return hash(self._text)

    def __repr__(self) -> str:
        return "Secret('**********')"


def setting(name: str, *steps: Step, default: Any = MISSING) -> Any:
    """A field of a frozen dataclass for the environment variable of that name; required if it has
    no default."""
    return field(default=default, kw_only=True, metadata={"setting": name, "steps": steps})


def name_of(one: Field[Any]) -> str:
    """The environment variable's name."""
    return str(one.metadata["setting"])


def read_values(
    shape: type[Any], given: Mapping[str, str]
) -> tuple[dict[str, Any], list[FieldError]]:
    """The value of each field of `shape` that is given, and an error for each that is missing or
    wrong."""
    values: dict[str, Any] = {}
    wrong = []
    for one in fields(shape):
        name = name_of(one)
        if name not in given:
            if one.default is MISSING:
                wrong.append(FieldError(name, Message("setting.missing")))
            continue
        value: Any = given[name]
        try:
            for step in one.metadata["steps"]:
                value = step(value)
        except WrongValueError as exc:
            wrong.append(FieldError(name, exc.words))
        else:
            values[one.name] = value
    return values, wrong


def whole_number(least: int, most: int) -> Step:
    """A step to a whole number in that range."""

    def step(text: str) -> int:
        if not _WHOLE_NUMBER.fullmatch(text) or not least <= int(text) <= most:
            raise WrongValueError("whole_number", least=str(least), most=str(most))
        return int(text)

    return step
