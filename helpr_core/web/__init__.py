"""HTTP: the only room that knows azure.functions.

`schemas`, `pages` and `openapi` are imported when they are first named, not when the app is
indexed: pydantic and Jinja2 would double the cold start's imports (PEP 562).
"""

from __future__ import annotations

from types import ModuleType
from typing import TYPE_CHECKING

from helpr_core import first_use

if TYPE_CHECKING:
    from helpr_core.web import bodies, manage_schemas, openapi, pages, schemas, session_schemas

_LAZY = ("bodies", "manage_schemas", "openapi", "pages", "schemas", "session_schemas")

__all__ = ["bodies", "manage_schemas", "openapi", "pages", "schemas", "session_schemas"]


def __getattr__(name: str) -> ModuleType:
    if name in _LAZY:
        return first_use.module(f"{__name__}.{name}")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
