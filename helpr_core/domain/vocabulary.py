"""Stored words, read by versions that may not know all of them."""

from __future__ import annotations

from enum import StrEnum
from typing import Self


class Vocabulary(StrEnum):
    """Each has a member `UNKNOWN`, which is read but never written."""

    @classmethod
    def read(cls, text: str) -> Self:
        """The member with that name. During an upgrade, rows of a newer version may occur."""
        try:
            return cls(text)
        except ValueError:
            return cls("unknown")
