"""The error for a setting's unusable value."""

from __future__ import annotations

from helpr_core.texts import Message, Value, in_english


class WrongValueError(ValueError):
    """A value that cannot be used. `words` follow its setting's name and never show it."""

    def __init__(self, name: str, **params: Value) -> None:
        self.words = Message(f"setting.{name}", **params)
        super().__init__(self.words)

    def __str__(self) -> str:
        return in_english(self.words)
