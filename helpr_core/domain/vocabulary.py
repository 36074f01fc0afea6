"""Words that are stored, and read by versions that may not know all of them."""

from __future__ import annotations

from enum import StrEnum
from typing import Self


class Vocabulary(StrEnum):
    """Each has a member `UNKNOWN`, which is read and never written."""

    @classmethod
    def read(cls, text: str) -> Self:
        """The member of that name. While versions change, a newer one's rows are here too."""
        try:
            return cls(text)
        except ValueError:
            return cls("unknown")
