"""How clients are counted."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple


class Group(NamedTuple):
    """Clients that are counted together; their limit is `factor` times that of one client."""

    key: str
    factor: int


class Doubt(StrEnum):
    """Why many clients may be counted as one."""

    IGNORED = "proxy_ignored"
    """A proxy names its clients, and HELPR_TRUSTED_PROXY_HOPS says that there is none."""
    MISSING = "proxy_missing"
    """A proxy is expected to name its clients, and did not."""
