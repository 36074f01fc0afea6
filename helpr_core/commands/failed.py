"""The error that ends a command."""

from __future__ import annotations

from helpr_core.errors import HelprError
from helpr_core.texts import Message, Value


class CommandFailed(HelprError):
    """A command cannot continue; `words` is the one line printed to standard error."""

    code = "command_failed"

    def __init__(self, name: str, **params: Value) -> None:
        super().__init__(Message(f"command.{name}", **params))
