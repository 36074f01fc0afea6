"""Imports at first use, and what they leave to the garbage collector."""

from __future__ import annotations

import gc
import subprocess
import sys
from pathlib import Path

import pytest

from helpr_core import first_use


def test_objects_made_by_an_import_are_left_out_of_later_collections(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "imported_by_a_test.py").write_text("SOMETHING = [{}]\n")
    monkeypatch.syspath_prepend(tmp_path)
    gc.unfreeze()
    first_use.module("imported_by_a_test")
    assert gc.get_freeze_count() > 0
    assert gc.isenabled()
    del sys.modules["imported_by_a_test"]
    gc.unfreeze()


def test_a_block_that_imports_nothing_keeps_nothing_alive() -> None:
    """Requests enter such blocks again and again: what they leave behind must be collected."""
    gc.unfreeze()
    for _ in range(100):
        first_use.module("helpr_core.errors")
    assert gc.get_freeze_count() == 0


def test_a_hidden_package_is_back_afterwards(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "colorsys", raising=False)
    with first_use.as_if_not_installed("colorsys", "json"):
        import json  # noqa: PLC0415 - was there before, so it is not hidden

        with pytest.raises(ImportError):
            first_use.module("colorsys")
    assert json.dumps([]) == "[]"
    assert first_use.module("colorsys").rgb_to_hsv(0, 0, 0) == (0, 0, 0)


_WORKER = """
import sqlite3, sys
from helpr_core import first_use

class Holder:
    pass

holder = Holder()
holder.itself = holder
holder.connection = sqlite3.connect(sys.argv[1])
holder.connection.execute("PRAGMA journal_mode=WAL")
holder.connection.execute("CREATE TABLE rows (number)")
first_use.module("colorsys")
"""


def test_what_was_left_out_is_collected_when_the_process_ends(tmp_path: Path) -> None:
    """SQLite then writes its journal into the database's file, and removes it."""
    path = tmp_path / "helpr.db"
    subprocess.run([sys.executable, "-c", _WORKER, path], check=True, timeout=60)
    assert path.exists()
    assert not path.with_name("helpr.db-wal").exists()
