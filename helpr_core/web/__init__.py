"""HTTP: the only room that knows azure.functions.

The modules in `__all__` are imported when they are first named, not when the app is indexed:
pydantic and Jinja2 would double the cold start's imports (PEP 562).
"""

from __future__ import annotations

from types import ModuleType
from typing import TYPE_CHECKING

from helpr_core import first_use

if TYPE_CHECKING:
    from helpr_core.web import bodies, cookies, identities, manage_schemas, openapi, origin, pages
    from helpr_core.web.public import shapes as schemas
    from helpr_core.web.session import shapes as session_schemas

__all__ = [
    "bodies",
    "cookies",
    "identities",
    "manage_schemas",
    "openapi",
    "origin",
    "pages",
    "schemas",
    "session_schemas",
]
_ELSEWHERE = {"schemas": "public.shapes", "session_schemas": "session.shapes"}


def __getattr__(name: str) -> ModuleType:
    if name in __all__:
        return first_use.module(f"{__name__}.{_ELSEWHERE.get(name, name)}")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
