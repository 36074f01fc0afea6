"""Plain HTTP: handlers take Werkzeug's Request and return its Response. azure.py is the Azure
adapter.

The modules in `__all__` are imported when first used (PEP 562), not when the app is indexed: their
imports would double those of a cold start.
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
