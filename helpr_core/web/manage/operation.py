"""An owner's use case: one handler, reached through two doors."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from helpr_core import first_use

if TYPE_CHECKING:
    import azure.functions as func

    from helpr_core.web.endpoint import Call, Handler

_PARAMETER = re.compile(r"\\{(\w+)\\}")


@dataclass(frozen=True)
class Operation:
    """`name` is the function's in the portal, `path` what stands below each door.

    `module` and `function` name the handler. It is imported at its first call: a friend's
    request on a cold worker does not pay for what the owner may do.
    """

    name: str
    method: str
    path: str
    module: str
    function: str

    def handler(self) -> Handler:
        """The handler itself."""
        module = first_use.module(f"helpr_core.web.{self.module}")
        found: Handler = getattr(module, self.function)
        return found

    def answer(self, call: Call) -> func.HttpResponse:
        """Have the handler answer."""
        return self.handler()(call)

    def match(self, path: str) -> dict[str, str] | None:
        """The path's parameters, or None when it is another path."""
        pattern = _PARAMETER.sub(r"(?P<\1>[^/]+)", re.escape(self.path))
        found = re.fullmatch(pattern, path)
        return found.groupdict() if found else None
