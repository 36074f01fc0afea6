"""HTTP, plain: handlers take Werkzeug's Request and return its Response. azure.py is the rim.

The modules in `__all__` are imported when they are first named, not when the app is indexed:
what they import would double the cold start's imports (PEP 562).
"""

from __future__ import annotations

from types import ModuleType
from typing import TYPE_CHECKING

from helpr_core import first_use

if TYPE_CHECKING:
    from helpr_core.web import (
        answering,
        bodies,
        housekeeping,
        markdown,
        openapi,
        pages,
        set_up,
        telling,
    )

__all__ = [
    "answering",
    "bodies",
    "housekeeping",
    "markdown",
    "openapi",
    "pages",
    "set_up",
    "telling",
]


def __getattr__(name: str) -> ModuleType:
    if name in __all__:
        return first_use.module(f"{__name__}.{name}")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
