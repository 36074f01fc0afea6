"""How tests are shared among workers."""

from __future__ import annotations

from tests.processes import PROJECT
from tests.shares_of_work import PARTS


def test_every_long_file_is_there() -> None:
    assert [name for name in PARTS if not (PROJECT / name).exists()] == []
