"""What the owner has decided, as opposed to what Helpr finds out and can find out again."""

from __future__ import annotations

from dataclasses import field

from helpr_core.frozen import dataclass


@dataclass(frozen=True, slots=True)
class Decision:
    """`version` counts the changes to one decision, 0 before the first; `recorded` says that the
    database has this version. Neither is compared."""

    version: int = field(default=0, kw_only=True, compare=False)
    recorded: bool = field(default=False, kw_only=True, compare=False)
